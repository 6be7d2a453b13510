"""Join what happens after the click to the visit that brought it."""

__version__ = "0.1.0"
