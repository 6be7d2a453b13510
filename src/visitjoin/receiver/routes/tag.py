"""The tag, for every page that loads it: without a token, and kept by browsers and proxies."""

from http import HTTPStatus
from typing import Any, Final

from litestar import Request, Response, get

from visitjoin.receiver.tag import the_tag

_PATHS: Final = ["/tag.js", "/watch.js", "/metrika/tag.js", "/metrika/watch.js"]
"""Ours, and those of Metrica's own, so that a page changes the host alone."""

_HEADERS: Final = {
    # An hour: a page need not ask each time, and a new release is everywhere on the same day.
    "Cache-Control": "public, max-age=3600",
    # Pages of any origin load it, those that isolate themselves too.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}


# No call of the API, so its document does not list it.
@get(_PATHS, include_in_schema=False, media_type="text/javascript", sync_to_thread=False)
def get_tag(request: Request[Any, Any, Any]) -> Response[bytes | None]:
    """The tag as it is now; 304 for who has it."""
    tag = the_tag()
    headers = {**_HEADERS, "ETag": tag.etag}
    if tag.etag in request.headers.get("if-none-match", ""):
        return Response(None, status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(tag.packed, headers={**headers, "Content-Encoding": "gzip"})
    return Response(tag.script, headers=headers)
