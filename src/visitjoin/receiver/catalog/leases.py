"""Who works on what, so that nobody else does?

A lease is taken for a while, renewed while the work goes on, and given back. Whoever died or hangs
loses it: another takes it over when it has run out, or at once when its holder is known to be dead.
Who lost a lease does not know it yet, so every word about the work is written down together with a
look whether the lease is still held (`hold`). Moments are those of the program's clock: clocks of
machines that share a catalog may differ by much less than a lease lasts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from visitjoin.receiver.catalog.moments import seconds
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tables import LEASES


@dataclass(frozen=True)
class Lease:
    """That somebody may work on something."""

    name: str
    """What is worked on, such as uploading/7."""
    holder: str
    """Who works, a name of its own for every taking."""


class LeaseLost(Exception):  # noqa: N818 - not a fault: another does the work
    """Another has taken the lease over. What is in hand must not be written down."""

    def __init__(self, lease: Lease) -> None:
        """lease: the one that is held no longer."""
        super().__init__(f"{lease.name} is not held by {lease.holder} any more.")


def take(
    catalog: Catalog,
    lease: Lease,
    *,
    now: datetime,
    until: datetime,
    is_dead: Callable[[str], bool],
) -> bool:
    """Take a lease that is free, has run out, or whose holder is dead.

    until: when it runs out, unless it is renewed. is_dead: whether a holder, by name, is dead for
    certain.

    Returns whether it was taken.
    """
    with catalog.connect() as connection:
        held = connection.execute(select(LEASES).where(LEASES.c.name == lease.name)).one_or_none()
    if held is None:
        return _take_free(catalog, lease, until)
    if held.expires_at > seconds(now) and not is_dead(held.holder):
        return False
    # Only from the one that was looked at: another may have been faster.
    taken = update(LEASES).where(
        _is(Lease(lease.name, held.holder)), LEASES.c.expires_at == held.expires_at
    )
    with catalog.begin() as connection:
        changed = connection.execute(taken.values(holder=lease.holder, expires_at=seconds(until)))
        return changed.rowcount > 0


def renew(catalog: Catalog, lease: Lease, *, until: datetime) -> bool:
    """Hold a lease longer. Returns False where another has it by now."""
    renewed = update(LEASES).where(_is(lease)).values(expires_at=seconds(until))
    with catalog.begin() as connection:
        return connection.execute(renewed).rowcount > 0


def release(catalog: Catalog, lease: Lease) -> None:
    """Give a lease back; nothing happens where another has it by now."""
    with catalog.begin() as connection:
        connection.execute(delete(LEASES).where(_is(lease)))


def hold(connection: Connection, lease: Lease) -> None:
    """See to it that a lease is held until the end of the transaction.

    Raises LeaseLost where another has it by now.
    """
    # A change, though of nothing, locks the row: a look alone would let another take it over
    # before the transaction ends.
    kept = update(LEASES).where(_is(lease)).values(holder=lease.holder)
    if connection.execute(kept).rowcount == 0:
        raise LeaseLost(lease)


def _take_free(catalog: Catalog, lease: Lease, until: datetime) -> bool:
    taken = insert(LEASES).values(name=lease.name, holder=lease.holder, expires_at=seconds(until))
    try:
        with catalog.begin() as connection:
            connection.execute(taken)
    except IntegrityError:
        return False
    return True


def _is(lease: Lease) -> ColumnElement[bool]:
    return and_(LEASES.c.name == lease.name, LEASES.c.holder == lease.holder)
