"""The address of a server: what one is, and which are Yandex.Metrica's own."""

from typing import Final

import httpx

from visitjoin.contract.errors import SettingError

METRICA: Final = "https://api-metrika.yandex.net"

_HOSTS: Final = frozenset(
    f"api-metri{letter}a.yandex.{zone}" for letter in "kc" for zone in ("net", "ru", "com")
)


def url_of(address: str, what: str = "The API's address") -> httpx.URL:
    """An address as a URL. what: the setting, for the message. Raises SettingError."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise SettingError(f"{what} {address!r} is not an address.") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise SettingError(
            f"{what} {address!r} must begin with https:// (or http:// on this machine)."
        )
    return url


def is_yandex(url: httpx.URL) -> bool:
    """Whether an address is one of Metrica's: they are one server."""
    return url.host in _HOSTS
