"""What does the receiver say of itself? Its OpenAPI document, at /schema/openapi.json."""

from typing import Final

from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Server

from visitjoin.contract.version import __version__

NEEDS_TOKEN: Final = [{"token": list[str]()}]
"""For the routers whose calls need a token."""


def document() -> OpenAPIConfig:
    """How the document is made and where it is answered."""
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
        render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"])],
    )
