"""The receiving end: a service that speaks the API and joins conversions to visits.

    app -> routes -> intake, catalog, lake          HTTP in, HTTP out
    worker -> life -> catalog, lake, linking        what happens to an uploading after the answer

The catalog (SQL) knows what there is; the lake (Delta tables) holds the rows; the spool holds the
files of uploadings that are still on their way. Nothing is answered before it is on disk.
"""

from visitjoin.receiver.app import create_app
from visitjoin.receiver.config import Settings
from visitjoin.receiver.serve import serve

__all__ = ["Settings", "create_app", "serve"]
