"""How is something leased for as long as the work on it takes?"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

import structlog
from sqlalchemy.exc import SQLAlchemyError

from visitjoin.contract.uploads import UploadingId
from visitjoin.receiver.catalog.leases import Lease, release, renew, take
from visitjoin.receiver.work.alive import is_dead, name_here
from visitjoin.receiver.work.stores import Stores

_log = structlog.get_logger()


@contextmanager
def leased(
    stores: Stores, uploading_ids: Iterable[UploadingId]
) -> Iterator[dict[UploadingId, Lease]]:
    """Hold the leases of uploadings for the length of the block, and renew them meanwhile.

    Yields those that nobody else holds.
    """
    names = {f"uploading/{uploading_id}": uploading_id for uploading_id in uploading_ids}
    with _holding(stores, names) as leases:
        yield {names[lease.name]: lease for lease in leases}


@contextmanager
def leased_by_name(stores: Stores, name: str) -> Iterator[Lease | None]:
    """Hold a lease for the length of the block, and renew it meanwhile.

    name: of what is worked on. Yields it, or None where somebody else works on that.
    """
    with _holding(stores, [name]) as leases:
        yield leases[0] if leases else None


@contextmanager
def _holding(stores: Stores, names: Iterable[str]) -> Iterator[list[Lease]]:
    """Hold those leases that are free."""
    holder = f"{name_here(stores.settings.data)}/{secrets.token_hex(4)}"
    leases: list[Lease] = []
    over = Event()
    renewing = Thread(
        target=_renew, args=(stores, leases, over), name="visitjoin-lease", daemon=True
    )
    try:
        for name in names:
            lease = Lease(name, holder)
            if _is_taken(stores, lease):
                leases.append(lease)
        renewing.start()
        yield leases
    finally:
        over.set()
        if renewing.ident is not None:
            renewing.join()
        for lease in leases:
            release(stores.catalog, lease)


def _is_taken(stores: Stores, lease: Lease) -> bool:
    settings = stores.settings
    now = stores.clock()
    return take(
        stores.catalog,
        lease,
        now=now,
        until=now + settings.lease,
        is_dead=lambda other: is_dead(settings.data, other.partition("/")[0]),
    )


def _renew(stores: Stores, leases: Sequence[Lease], over: Event) -> None:
    # Three times in its life, so that it outlasts two renewals that failed.
    held = list(leases)
    while held and not over.wait(stores.settings.lease.total_seconds() / 3):
        held = [lease for lease in held if _is_renewed(stores, lease)]


def _is_renewed(stores: Stores, lease: Lease) -> bool:
    try:
        return renew(stores.catalog, lease, until=stores.clock() + stores.settings.lease)
    except SQLAlchemyError:
        # The catalog may be away for a while. If it takes too long, the lease is lost, and what is
        # in hand is refused when it is to be written down.
        _log.exception("lease_not_renewed", lease=lease.name)
        return True
