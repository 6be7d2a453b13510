"""The share linked of a counter: what its ledger says, with no server asked."""

from pathlib import Path

from visitjoin.contract.clock import Clock, system_clock
from visitjoin.contract.errors import LedgerError
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.ledger.health import Health, health_of
from visitjoin.sender.ledger.ledger import Owner, open_ledger
from visitjoin.sender.ledger.place import ledger_of


def health(
    metrica: Metrica,
    *,
    days: int = 30,
    ledgers: Path | None = None,
    clock: Clock = system_clock,
) -> Health:
    """Read the share linked by day, target and kind of identifier.

    metrica: whose ledger it is; nothing is asked of the server. The rest is as in
    `health_of_owner`.
    """
    owner = Owner(server=metrica.server, counter=metrica.counter_id)
    return health_of_owner(owner, days=days, ledgers=ledgers, clock=clock)


def health_of_owner(
    owner: Owner,
    *,
    days: int = 30,
    ledgers: Path | None = None,
    clock: Clock = system_clock,
) -> Health:
    """Read it where there is no client: no server is asked, and no token is needed.

    owner: whose ledger it is. days: how many, today included. ledgers: the folder of the ledgers;
    None as in `Wishes`.

    Raises LedgerError where nothing was sent yet, and where the ledger cannot be used.
    """
    path, now = ledger_of(owner.server, owner.counter, ledgers), clock()
    if not path.exists():
        raise LedgerError("There is no such ledger: nothing was sent yet.", path=path)
    with open_ledger(path, owner, now=now) as ledger:
        return health_of(ledger.engine, now=now, days=days)
