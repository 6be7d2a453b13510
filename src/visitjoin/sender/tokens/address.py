"""Addresses of servers that get to see a token, a code or a secret."""

from ipaddress import ip_address

import httpx

from visitjoin.contract.errors import SettingError
from visitjoin.sender.api.transport import METRICA, METRICA_HOSTS


def server_of(api: str) -> str:
    """The name under which a server's token is kept; all of Metrica's addresses are one server.

    api: the server's address. Raises SettingError where it is none.
    """
    url = _parsed(api, "The API's address")
    return METRICA if url.host in METRICA_HOSTS else str(url).rstrip("/")


def is_metrica(api: str) -> bool:
    """Whether an address is one of Yandex.Metrica's own."""
    return server_of(api) == METRICA


def guarded(address: str, what: str) -> httpx.URL:
    """An address that a secret may be sent to: https, or http that does not leave this machine.

    what: the setting, for the message. Raises SettingError where it is another.
    """
    url = _parsed(address, what)
    if url.scheme != "https" and not _is_loopback(url.host):
        raise SettingError(f"{what} {address!r} must begin with https://: secrets are sent to it.")
    return url


def _parsed(address: str, what: str) -> httpx.URL:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise SettingError(f"{what} {address!r} is not an address.") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise SettingError(f"{what} {address!r} must begin with https://.")
    return url


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
