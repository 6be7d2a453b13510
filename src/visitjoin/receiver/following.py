"""How far has an uploading come, for who sent it and asks until it is at its end?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from visitjoin.contract.uploads import Uploading
from visitjoin.receiver.catalog import counters, uploadings
from visitjoin.receiver.catalog.memory import Memory
from visitjoin.receiver.refusals import not_found

Shape: TypeAlias = Callable[[Uploading], Uploading]
"""In which generation's fields an uploading is answered."""


@dataclass(frozen=True)
class Following:
    """What is needed to answer it: one part and not three, for each costs every question time."""

    memory: Memory
    shape: Shape

    async def uploading(self, counter_id: int, uploading_id: int) -> Uploading:
        """An uploading of a counter, in full. Raises Refusal where either is not there."""
        found = await self.memory.ask(uploadings.uploading, counter_id, uploading_id)
        if found is not None:
            return found
        if await self.memory.ask(counters.is_there, counter_id):
            raise not_found("uploading", uploading_id)
        raise not_found("counter", counter_id)
