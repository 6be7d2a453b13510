"""A ledger remembers which receiver it is about, beside its address and its counter."""

from visitjoin.contract.errors import LedgerError
from visitjoin.sender.ledger.ledger import Ledger


def check_instance(ledger: Ledger, instance: str) -> None:
    """Make sure that a ledger is about a receiver; from the first time on it remembers it.

    instance: the receiver's own name.

    Raises LedgerError where it is about another: what it says was sent is not there.
    """
    known = ledger.engine.execute("select value from about where name = 'instance'").fetchall()
    if not known:
        ledger.engine.execute("insert into about values ('instance', $1)", [instance])
    elif known != [(instance,)]:
        raise LedgerError(
            "Another receiver answers at that address than the one that it is about, so what it "
            "says was sent is not there. If that is a new receiver, send everything anew: "
            "visitjoin ledger forget. If it is the same one, whose data was moved without the "
            "file named instance: visitjoin ledger forget --instance-only.",
            path=ledger.path,
        )


def forget_instance(ledger: Ledger) -> None:
    """Let a ledger remember the receiver that answers next."""
    ledger.engine.execute("delete from about where name = 'instance'")
