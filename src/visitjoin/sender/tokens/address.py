"""Addresses of servers that get to see a token, a code or a secret."""

from ipaddress import ip_address

import httpx

from visitjoin.contract.errors import SettingError
from visitjoin.sender.api.address import METRICA, is_yandex, url_of


def server_of(api: str) -> str:
    """The name under which a server's token is kept; all of Metrica's addresses are one server.

    api: the server's address. Raises SettingError where it is none.
    """
    url = url_of(api)
    return METRICA if is_yandex(url) else str(url).rstrip("/")


def is_metrica(api: str) -> bool:
    """Whether an address is one of Yandex.Metrica's own."""
    return server_of(api) == METRICA


def guarded(address: str, what: str) -> httpx.URL:
    """An address that a secret may be sent to: https, or http that does not leave this machine.

    what: the setting, for the message. Raises SettingError where it is another.
    """
    url = url_of(address, what)
    if url.scheme != "https" and not _is_loopback(url.host):
        raise SettingError(f"{what} {address!r} must begin with https://: secrets are sent to it.")
    return url


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
