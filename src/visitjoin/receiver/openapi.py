"""What does the receiver say of itself? Its OpenAPI document, at /schema/openapi.json."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from litestar import Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, PathItem, SecurityScheme, Server

from visitjoin.contract.version import __version__

NEEDS_TOKEN: Final = [{"token": list[str]()}]
"""For the routers whose calls need a token."""


def document(beside: Mapping[str, PathItem]) -> OpenAPIConfig:
    """How the document is made and where it is answered.

    beside: by path, what is answered before the framework, which describes only its own paths.
    """
    token = SecurityScheme(
        type="apiKey",
        name="Authorization",
        security_scheme_in="header",
        description="OAuth <token>, or Bearer <token>",
    )
    return OpenAPIConfig(
        title="visitjoin receiver",
        version=__version__,
        path="/schema",
        components=Components(security_schemes={"token": token}),
        # Relative to the document: right under any host, and behind a proxy under any prefix.
        servers=[Server(url="../")],
        # The document alone: the pages that show it would load scripts from elsewhere.
        render_plugins=[_Document(beside, path=["/", "/openapi.json"])],
    )


class _Document(JsonRenderPlugin):
    """The document of the framework's own paths, and of others."""

    def __init__(self, beside: Mapping[str, PathItem], *, path: Sequence[str]) -> None:
        super().__init__(path=path)
        self._beside = {path: item.to_schema() for path, item in beside.items()}

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        paths = openapi_schema["paths"] | self._beside
        return super().render(request, openapi_schema | {"paths": paths})
