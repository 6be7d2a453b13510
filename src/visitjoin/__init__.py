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
    LedgerError,
    OutcomeUnknown,
    QuotaSpent,
    Refused,
    SettingError,
    SourceError,
    TryLater,
    VisitjoinError,
)
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.outcomes import Outcome
from visitjoin.contract.quotas import Limits
from visitjoin.contract.reasons import Reason
from visitjoin.contract.version import __version__
from visitjoin.linking import link
from visitjoin.prepare import (
    Condition,
    Mapping,
    Prepared,
    TargetByValue,
    prepare,
    read_mapping,
)
from visitjoin.sender.api.client import AsyncMetrica, Metrica
from visitjoin.sender.api.limits import Limiter
from visitjoin.sender.api.receiver import AsyncReceiver, Receiver
from visitjoin.sender.ledger.health import Health
from visitjoin.sender.report.alerts import Alert, alerts
from visitjoin.sender.report.corrections import Corrections
from visitjoin.sender.report.page import write_html
from visitjoin.sender.report.report import Fate, Preflight, Report, Resent
from visitjoin.sender.report.textfile import write_metrics
from visitjoin.sender.run.batch import upload_once, upload_once_async
from visitjoin.sender.run.check import Checked, check
from visitjoin.sender.run.correct import correct
from visitjoin.sender.run.health import health
from visitjoin.sender.run.link_files import LinkedFiles, link_files
from visitjoin.sender.run.resend import resend
from visitjoin.sender.run.send import send
from visitjoin.sender.run.telling import Step, Telling
from visitjoin.sender.run.track import track, track_async
from visitjoin.sender.run.wishes import OnChange, Wishes
from visitjoin.sender.tokens.store import find_token

__all__ = [
    "Alert",
    "ApiError",
    "AsyncMetrica",
    "AsyncReceiver",
    "Checked",
    "Condition",
    "Corrections",
    "EngineError",
    "Fate",
    "Health",
    "IdentifierKind",
    "LedgerError",
    "Limiter",
    "Limits",
    "LinkedFiles",
    "Mapping",
    "Metrica",
    "OnChange",
    "Outcome",
    "OutcomeUnknown",
    "Preflight",
    "Prepared",
    "QuotaSpent",
    "Reason",
    "Receiver",
    "Refused",
    "Report",
    "Resent",
    "SettingError",
    "SourceError",
    "Step",
    "TargetByValue",
    "Telling",
    "TryLater",
    "VisitjoinError",
    "Wishes",
    "__version__",
    "alerts",
    "check",
    "correct",
    "find_token",
    "health",
    "link",
    "link_files",
    "prepare",
    "read_mapping",
    "resend",
    "send",
    "track",
    "track_async",
    "upload_once",
    "upload_once_async",
    "write_html",
    "write_metrics",
]
