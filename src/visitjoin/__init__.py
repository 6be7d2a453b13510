"""Join what happens after the click to the visit that brought it.

    import visitjoin

    with visitjoin.Metrica(counter=1, token=token) as metrica:
        report = visitjoin.send(metrica, Path("deals.csv"))

`docs/python.md` shows these names at work. `visitjoin.prepare` is the function; the room of that
name is reached by `from visitjoin.prepare import …`.
"""

from visitjoin.contract.errors import (
    ApiError,
    EngineError,
    OutcomeUnknown,
    Refused,
    SettingError,
    SourceError,
    TryLater,
    VisitjoinError,
)
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.reasons import Reason
from visitjoin.contract.version import __version__
from visitjoin.linking import link
from visitjoin.prepare import Files, Mapping, Piece, Prepared, Query, prepare
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.report.report import Fate, Report
from visitjoin.sender.run.batch import upload_once
from visitjoin.sender.run.check import Checked, check
from visitjoin.sender.run.link_files import LinkedFiles, link_files
from visitjoin.sender.run.send import Wishes, send
from visitjoin.sender.run.track import track

__all__ = [
    "ApiError",
    "Checked",
    "EngineError",
    "Fate",
    "Files",
    "IdentifierKind",
    "LinkedFiles",
    "Mapping",
    "Metrica",
    "Outcome",
    "OutcomeUnknown",
    "Piece",
    "Prepared",
    "Query",
    "Reason",
    "Receiver",
    "Refused",
    "Report",
    "SettingError",
    "SourceError",
    "TryLater",
    "VisitjoinError",
    "Wishes",
    "__version__",
    "check",
    "link",
    "link_files",
    "prepare",
    "send",
    "track",
    "upload_once",
]
