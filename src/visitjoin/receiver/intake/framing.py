"""How is a body written that brings a file: in parts, or is the body the file itself?

The contract is a form with a part named `file`. In the wild its Content-Type says something else:
it names no boundary, is `application/json` because a client sets it for every call, or is that of
the file, which then is the whole body. So what the body begins with counts beside the header.
"""

import re
from typing import Final

from multipart import parse_options_header

from visitjoin.receiver.refusals import Refusal, bad_file

_FIRST_BOUNDARY: Final = re.compile(
    rb"(?:\r?\n)*--([^\r\n]{1,200}?)[ \t]*\r?\ncontent-", re.IGNORECASE
)
"""A line of two hyphens and the boundary, and under it a part's header: no CSV begins like this.

RFC 2046 allows a boundary 70 characters; some clients write more."""

_JSON: Final = re.compile(rb'\s*(?:[\[{]|"[^"\r\n]*\\n)')
"""An object, a list, or a text: in quotes, with its line breaks written as a backslash and an n.

A client that makes JSON of every body makes such a text of a file. No column name is like it."""

_WAY_OUT: Final = (
    'Send the file as a form does: one part named "file". Let your HTTP library write the '
    "Content-Type header."
)


def boundary_of(content_type: str, beginning: bytes) -> bytes | None:
    """The boundary of a multipart body; None where the body is the file itself.

    content_type: the header as it came. beginning: of the body, not empty.

    Raises Refusal where the body is neither, and says what to change.
    """
    media_type, options = parse_options_header(content_type)
    found = _FIRST_BOUNDARY.match(beginning)
    named: bytes = options.get("boundary", "").encode("utf-8", errors="replace")
    if media_type.startswith("multipart/"):
        if named and b"--" + named in beginning:
            return named
        if found is None:
            raise _not_framed(named)
        return found[1]
    if found is not None:
        return found[1]
    if _JSON.match(beginning):
        raise bad_file(f"The body is JSON, and this call takes a file. {_WAY_OUT}")
    return None


def not_encoded(content_encoding: str) -> None:
    """Refuse a body that is compressed: what it would become in memory or on disk is not known."""
    if content_encoding.strip().casefold() not in ("", "identity"):
        raise bad_file(
            "The body has a Content-Encoding, and is taken as it is only. Send it uncompressed."
        )


def _not_framed(named: bytes) -> Refusal:
    if named:
        return bad_file(f"The body is not framed by the boundary that its header names. {_WAY_OUT}")
    return bad_file(f"The body is not multipart/form-data with a boundary. {_WAY_OUT}")
