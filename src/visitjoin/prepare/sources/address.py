"""Addresses of databases, and the passwords in them that no text may show."""

from urllib.parse import parse_qsl, unquote, urlsplit


def has_password(uri: str) -> bool:
    """Whether the address of a database holds a password."""
    return bool(_passwords(uri))


def without_password(text: str, uri: str) -> str:
    """A text of the database's or its driver's, without the passwords that its address holds."""
    for password in sorted(_passwords(uri), key=len, reverse=True):
        text = text.replace(password, "…")
    return text


def _passwords(uri: str) -> set[str]:
    try:
        parts = urlsplit(uri)
    except ValueError:
        # An address that cannot be cut apart: all of it may be the password.
        return {uri}
    asked = {value for name, value in parse_qsl(parts.query) if "password" in name.casefold()}
    given = {parts.password, unquote(parts.password)} if parts.password else set()
    return asked | given
