"""How to send: every choice there is, each with a default that is safe."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from visitjoin.contract.errors import SettingError
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.uploads import LARGEST_FILE, UploadType
from visitjoin.linking import check_memory_limit
from visitjoin.prepare import Mapping

ROWS_PER_BATCH: Final = 1_000_000
"""About 60 MB: far below the API's 1 GB, few requests, and little to send again after a fault."""

PARALLEL: Final = 3
"""Uploads at once: the API allows a user three requests in parallel (quotas)."""


class OnChange(StrEnum):
    """What to do with a conversion that was sent before with another price."""

    SEND = "send"
    """Send it again: the API documents that the newer price overwrites the older."""
    SKIP = "skip"
    """Leave it and report it."""


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How to send. Without any of it a table with the API's or obvious names is sent.

    Raises SettingError where a number or the memory limit cannot be one.
    """

    mapping: Mapping = field(default_factory=Mapping)
    """Which column is which."""
    zone: ZoneInfo | None = None
    """Of local times; None for the counter's own."""
    only: IdentifierKind | None = None
    """The one kind of identifier that rows must have, for the older generation of the API."""
    type: UploadType = UploadType.BASIC
    """What the rows are: conversions, or calls."""
    call_goal: str = ""
    """Name of the goal of calls, where the counter has none yet."""
    generation: int = 2
    """Of the API: 1 for one kind of identifier in a file, named in the request."""
    on_change: OnChange = OnChange.SEND
    retry_unlinked: bool = False
    """Send again, too, what earlier runs sent and whose visitors were not found (run.resend)."""
    dry_run: bool = False
    """Stop before the upload, and tell what it would be."""
    visits: Path | None = None
    """A table of visits from which a dry run predicts the outcomes: see `prepare_visits`."""
    create_goals: bool = False
    """Create a goal for each Target that reaches none."""
    patience: float | None = None
    """Seconds to wait for the last statuses; None for as long as it takes."""
    rows_per_batch: int = ROWS_PER_BATCH
    bytes_per_batch: int = LARGEST_FILE
    parallel: int = PARALLEL
    ledgers: Path | None = None
    """Folder of the ledgers; None for that of this user (ledger.place)."""
    rejects: Path | None = None
    """A CSV for the rejected rows."""
    fates: Path | None = None
    """A CSV for every row and its fate."""
    every_row: bool = False
    """Whether the report holds every row; for small tables."""
    memory_limit: str | None = None
    """Of the queries over the rows, such as `2GB`; default a quarter of the machine."""

    def __post_init__(self) -> None:
        """Refuse what would come to light in the middle of a run, or as many tiny uploads."""
        _at_least(1, "--rows-per-batch", self.rows_per_batch, ROWS_PER_BATCH)
        _at_least(1, "bytes_per_batch", self.bytes_per_batch, LARGEST_FILE)
        _at_least(1, "--parallel", self.parallel, PARALLEL)
        if self.patience is not None:
            _at_least(0, "--wait", self.patience, _TEN_MINUTES)
        check_memory_limit(self.memory_limit)


_TEN_MINUTES: Final = 600
"""Seconds, as an example."""


def _at_least(least: int, option: str, value: float, example: int) -> None:
    # Not the other way about: what is no number at all is neither less nor more.
    if not value >= least:
        raise SettingError(f"{option} {value:g} is less than {least}. Write it as {example}.")
