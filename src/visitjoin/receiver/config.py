"""What can be set about a receiver?"""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from visitjoin.contract.errors import SettingError
from visitjoin.contract.quotas import Limits
from visitjoin.contract.uploads import LARGEST_FILE
from visitjoin.contract.window import WINDOW

AUDIT_DAYS: Final = 365
"""A year, so that a yearly review finds all that was written since the one before."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one receiver. Only `data` has no default."""

    data: Path
    """Folder of everything it keeps; made where it is missing. Receivers that share a catalog and
    a lake share it too."""

    host: str = "127.0.0.1"
    """Address to listen on: this machine only, unless told otherwise."""

    port: int = 8080
    """Port to listen on; 0 takes a free one."""

    catalog_url: str | None = None
    """SQLAlchemy URL of the catalog; default a SQLite file in `data`."""

    lake_url: str | None = None
    """Folder or object store of the Delta tables; default a folder in `data`."""

    upload_delay: timedelta = timedelta(0)
    """How long after tracking is enabled the first upload is taken (24 hours at Metrica)."""

    older_answers: bool = False
    """Whether uploadings are answered in the shape of the older generation."""

    largest_file: int = LARGEST_FILE
    """Bytes of the largest upload that is taken."""

    largest_visits_file: int = 10_000_000_000
    """Bytes of the largest table of visits that is taken: what the Logs API keeps for a counter."""

    patience: timedelta = timedelta(minutes=1)
    """How long a request's body may stand still: longer than a line that recovers needs."""

    bodies_at_once: int = 64
    """How many uploads are received at the same time: of the others nothing is read meanwhile."""

    checks_at_once: int = 2
    """How many files are checked at the same time: the others wait, on disk, not in memory."""

    memory_limit: str | None = None
    """Memory of one join, as DuckDB writes it (2GB); default a quarter of the machine."""

    late_visits: timedelta = WINDOW
    """How long after it was processed an uploading is open to visits that come late; 0: never."""

    announce_visits: timedelta = timedelta(minutes=10)
    """How often, at most, visits of a counter that come of hits are told to uploadings that wait:
    each of these is then linked once more."""

    workers: int = 1
    """How many uploadings this process works on at once, each with `memory_limit` to itself."""

    lease: timedelta = timedelta(minutes=1)
    """After how long another takes over what a worker has in hand that hangs, or that died on
    another machine. The machines' clocks may differ by much less than this."""

    look_around: timedelta = timedelta(seconds=5)
    """How often a worker looks whether another process left something to do."""

    admin_token: str | None = None
    """The administrator's token; None: one is made and shown at the first start."""

    quotas: Limits | None = None
    """How much may be asked of it, counted as Metrica counts; None: as much as anybody likes."""

    hits_per_second: int | None = None
    """How many requests with hits an address may send in a second; None: any number."""

    proxies: tuple[str, ...] = ()
    """Addresses of proxies before it, which are believed when they say for whom they ask."""

    audit_retention: timedelta = timedelta(days=AUDIT_DAYS)
    """How long it is remembered who wrote what."""

    stop_grace: timedelta = timedelta(seconds=10)
    """How long a stop waits for requests that are still running."""

    def __post_init__(self) -> None:
        """Raises SettingError where a setting cannot be meant so."""
        if self.audit_retention <= timedelta(0):
            raise SettingError("The log of writes is kept for a day or more.")
        if self.hits_per_second is not None and self.hits_per_second < 1:
            raise SettingError("An address may send one request with hits in a second, or more.")
        for proxy in self.proxies:
            try:
                ip_address(proxy)
            except ValueError as error:
                raise SettingError(
                    f'"{proxy}" is no address of a proxy. Write that from which its requests '
                    "come, such as 10.0.0.2."
                ) from error

    def check_worked_on(self) -> None:
        """Raises SettingError where no receiver has worked on the folder."""
        if not self.spool.is_dir():
            raise SettingError(f"No receiver has worked on {self.data}: there is no spool in it.")

    @property
    def catalog(self) -> str:
        """The catalog's URL."""
        return self.catalog_url or f"sqlite:///{self.data.absolute() / 'catalog.sqlite'}"

    @property
    def lake(self) -> str:
        """The lake's URL or folder."""
        return self.lake_url or str(self.data.absolute() / "lake")

    @property
    def spool(self) -> Path:
        """Folder of the uploadings that are still on their way."""
        return self.data.absolute() / "spool"

    @property
    def hits(self) -> Path:
        """Folder of the journals of hits that are not in the lake yet."""
        return self.data.absolute() / "hits"

    @property
    def spill(self) -> Path:
        """Folder of what a query could not hold in memory."""
        return self.data.absolute() / "spill"
