"""What does a page load to be measured? The tag: JavaScript in parts, sent as one file."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from visitjoin.contract.version import __version__

_PARTS: Final = ("page", "visitor", "outbox", "ecommerce", "counter", "calls")
"""In the order in which they build on each other."""


@dataclass(frozen=True)
class Tag:
    """The tag as it is sent.

    script: UTF-8. packed: the same by gzip. etag: of both, and weak for that.
    """

    script: bytes
    packed: bytes
    etag: str


@cache
def the_tag() -> Tag:
    """Put the parts together without comments and margins: every page of a site loads them."""
    folder = files(__package__)
    parts = [(folder / f"{part}.js").read_text("utf-8") for part in _PARTS]
    lines = (line.strip() for part in parts for line in part.splitlines())
    code = "\n".join(line for line in lines if line and not line.startswith("//"))
    script = (
        f"/* visitjoin {__version__}, Apache-2.0 */\n(() => {{\n'use strict';\n{code}\n}})();\n"
    )
    body = script.encode()
    return Tag(
        script=body,
        packed=gzip.compress(body, mtime=0),
        etag=f'W/"{hashlib.sha256(body).hexdigest()[:16]}"',
    )
