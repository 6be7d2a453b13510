"""Batches that the server refused: in its words, and what to do.

What is refused is a whole file. The rows of one that is taken have outcomes of their own.
"""

from collections.abc import Iterable, Sequence
from http import HTTPStatus

from msgspec import Struct

from visitjoin.contract.errors import VisitjoinError
from visitjoin.contract.plural import counted
from visitjoin.sender.ledger.batches import Batch


class RefusedBatch(Struct, frozen=True, kw_only=True):
    """A batch of whose file the server said that it is wrong. Its rows count as not sent."""

    batch: str
    rows: int
    refusal: str
    """The status and the words of the server."""

    @property
    def sentence(self) -> str:
        """What happened, and what to do."""
        if self.refusal.startswith(f"{HTTPStatus.REQUEST_ENTITY_TOO_LARGE:d}"):
            to_do = f"Send smaller files: --rows-per-batch {max(1, self.rows // 2)}."
        else:
            to_do = "Mend what it names and send again."
        return (
            f"The server refused batch {self.batch} ({counted(self.rows, 'row')}): "
            f"{self.refusal.rstrip('.')}. {to_do} These rows count as not sent, and visitjoin "
            "history keeps the reason."
        )


def refusals_of(batches: Iterable[Batch]) -> tuple[RefusedBatch, ...]:
    """Those of some batches that were refused."""
    return tuple(
        RefusedBatch(batch=batch.id, rows=batch.rows, refusal=batch.refusal)
        for batch in batches
        if batch.refusal is not None
    )


def check_taken(refused: Sequence[RefusedBatch]) -> None:
    """Raise VisitjoinError where a batch was refused, for a run of which a part failed."""
    if refused:
        raise VisitjoinError("\n".join(one.sentence for one in refused))
