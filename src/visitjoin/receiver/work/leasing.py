"""How is something leased for as long as the work on it takes?"""

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Event, Thread

import structlog
from sqlalchemy.exc import SQLAlchemyError

from visitjoin.contract.uploads import UploadingId
from visitjoin.receiver.catalog.leases import Lease, release, renew, take
from visitjoin.receiver.work.alive import is_dead, name_here
from visitjoin.receiver.work.stores import Stores

_log = structlog.get_logger()


def leased(stores: Stores, uploading_id: UploadingId) -> AbstractContextManager[Lease | None]:
    """Hold the lease of an uploading, as `leased_by_name`."""
    return leased_by_name(stores, f"uploading/{uploading_id}")


@contextmanager
def leased_by_name(stores: Stores, name: str) -> Iterator[Lease | None]:
    """Hold a lease for the length of the block, and renew it meanwhile.

    name: of what is worked on. Yields it, or None where somebody else works on that.
    """
    settings = stores.settings
    holder = f"{name_here(settings.data)}/{secrets.token_hex(4)}"
    lease = Lease(name, holder)
    now = stores.clock()
    if not take(
        stores.catalog,
        lease,
        now=now,
        until=now + settings.lease,
        is_dead=lambda other: is_dead(settings.data, other.partition("/")[0]),
    ):
        yield None
        return
    over = Event()
    renewing = Thread(
        target=_renew, args=(stores, lease, over), name="visitjoin-lease", daemon=True
    )
    renewing.start()
    try:
        yield lease
    finally:
        over.set()
        renewing.join()
        release(stores.catalog, lease)


def _renew(stores: Stores, lease: Lease, over: Event) -> None:
    # Three times in its life, so that it outlasts two renewals that failed.
    while not over.wait(stores.settings.lease.total_seconds() / 3):
        try:
            held = renew(stores.catalog, lease, until=stores.clock() + stores.settings.lease)
        except SQLAlchemyError:
            # The catalog may be away for a while. If it takes too long, the lease is lost, and
            # what is in hand is refused when it is to be written down.
            _log.exception("lease_not_renewed", lease=lease.name)
            continue
        if not held:
            return
