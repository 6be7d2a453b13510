"""Everything that can stop a run, as one tree.

VisitjoinError
├── SettingError            a setting or an argument is missing or wrong
├── SourceError             a table cannot be read; carries the path, and line and column if known
├── LedgerError             held by another process, newer than this program, or damaged
├── ApiError                carries method, path, status, the API's own answer, and the batch
│   ├── Refused             terminal: sending the same again will not help
│   ├── TryLater            transient: surely not taken, safe to send again; carries the wait
│   │   └── QuotaSpent      not within this run: the quota of the day is spent until 00:00 GMT
│   └── OutcomeUnknown      sent and not answered: look for the batch id before sending again
└── EngineError             the join could not run; carries the name of the query file

Code that retries asks the type and never parses a text. A bad row is not an exception: it is a
rejection with a reason from `contract.reasons`. No message carries a token or an identifier.
"""

from pathlib import Path


class VisitjoinError(Exception):
    """Something stopped a run. The message says what, where, and what to do."""


class SettingError(VisitjoinError):
    """A setting or an argument is missing or wrong."""


class SourceError(VisitjoinError):
    """A table cannot be read."""

    def __init__(self, message: str, *, path: Path | str, line: int | None = None) -> None:
        """Say what is wrong with which file.

        message: what is wrong and what to do; path: the file; line: 1 for the header.
        """
        self.message = message
        self.path = path
        self.line = line
        where = f"{path}, line {line}" if line is not None else f"{path}"
        super().__init__(f"{where}: {message}")


class LedgerError(VisitjoinError):
    """The ledger cannot be used."""

    def __init__(self, message: str, *, path: Path) -> None:
        """Say what is wrong with which ledger. message: what is wrong and what to do."""
        self.message = message
        self.path = path
        super().__init__(f"Ledger {path}: {message}")


class ApiError(VisitjoinError):
    """The API did not do what was asked."""

    def __init__(
        self,
        message: str,
        *,
        method: str,
        path: str,
        status: int | None = None,
        error_type: str | None = None,
        batch: str | None = None,
    ) -> None:
        """Say which request failed and what the API answered.

        message: the API's own, or what happened on the way; method and path: of the request,
        without host and query; status: of the answer, None where there was none; error_type:
        the API's name for the error; batch: the id of the batch that the request carried.
        """
        self.message = message
        self.method = method
        self.path = path
        self.status = status
        self.error_type = error_type
        self.batch = batch
        answered = f"{status} " if status is not None else ""
        carried = f" (batch {batch})" if batch is not None else ""
        super().__init__(f"{method} {path}{carried}: {answered}{message}")


class Refused(ApiError):  # noqa: N818 - named for what it means to the caller
    """Terminal: sending the same request again will not help."""


class TryLater(ApiError):  # noqa: N818 - named for what to do
    """Transient: the request was surely not taken and is safe to send again."""

    wait: float | None = None
    """Seconds to wait, where the API named them (Retry-After)."""


class QuotaSpent(TryLater):
    """The requests of a day are spent. `wait` is the time to 00:00 GMT: end the run, come back."""


class OutcomeUnknown(ApiError):  # noqa: N818 - named for what is the case
    """Sent, and no answer came: it may have been taken. Look for the batch id first."""


class EngineError(VisitjoinError):
    """The join could not run."""

    def __init__(self, message: str, *, query: str) -> None:
        """Say which query failed. query: the name of its file in `linking`."""
        self.query = query
        super().__init__(f"{query}: {message}")
