"""The version of this program: it goes into the User-Agent and the OpenAPI document too."""

__version__ = "0.1.0"
