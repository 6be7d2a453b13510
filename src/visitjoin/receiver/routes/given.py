"""What is given to a handler that asks for it by name?"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, TypeAlias

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import HeaderParameter, PathParameter, QueryParameter, SkipValidation

from visitjoin.contract.clock import Clock
from visitjoin.contract.counters import Counter
from visitjoin.contract.extension import IDEMPOTENCY_KEY, LONGEST_KEY
from visitjoin.contract.uploads import Uploading
from visitjoin.receiver.catalog import counters
from visitjoin.receiver.catalog.asking import ask
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.config import Settings
from visitjoin.receiver.intake.multipart import Body
from visitjoin.receiver.intake.reception import Reception
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.metrics import Metrics
from visitjoin.receiver.refusals import not_found
from visitjoin.receiver.work.stores import Stores
from visitjoin.receiver.work.worker import Worker

Shape: TypeAlias = Callable[[Uploading], Uploading]
"""In which generation's fields an uploading is answered."""

# What we give was made by ourselves: there is nothing in it to check.
AnyRequest: TypeAlias = Request[Any, Any, State]
GivenCatalog: TypeAlias = NamedDependency[SkipValidation[Catalog]]
GivenClock: TypeAlias = NamedDependency[SkipValidation[Clock]]
GivenCounter: TypeAlias = NamedDependency[SkipValidation[Counter]]
GivenInstance: TypeAlias = NamedDependency[SkipValidation[str]]
GivenLake: TypeAlias = NamedDependency[SkipValidation[Lake]]
GivenMetrics: TypeAlias = NamedDependency[SkipValidation[Metrics]]
GivenReception: TypeAlias = NamedDependency[SkipValidation[Reception]]
GivenSettings: TypeAlias = NamedDependency[SkipValidation[Settings]]
GivenShape: TypeAlias = NamedDependency[SkipValidation[Shape]]
"""How uploadings are answered: in the newest shape, or in the older one."""
GivenStores: TypeAlias = NamedDependency[SkipValidation[Stores]]
GivenWorker: TypeAlias = NamedDependency[SkipValidation[Worker]]

_LARGEST_ID: Final = 2**63 - 1
"""Ids are signed 64-bit numbers (reference), and so are the catalog's."""

Id: TypeAlias = Annotated[int, PathParameter(ge=0, le=_LARGEST_ID)]
"""Of a counter, a goal or an uploading, in the path."""

Offset: TypeAlias = Annotated[
    int, QueryParameter(ge=0, le=_LARGEST_ID, description="How many to leave out")
]

Key: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name=IDEMPOTENCY_KEY,
        min_length=1,
        max_length=LONGEST_KEY,
        description="Ours: what was done under a key is answered and not done again",
    ),
]


def give(parts: Mapping[str, Any]) -> dict[str, Provide]:
    """Give each part under its name, and the counter that the path names."""
    ours = {name: Provide(_giver(part), sync_to_thread=False) for name, part in parts.items()}
    return ours | {"counter": Provide(_counter)}


def body_of(request: AnyRequest) -> Body:
    """The body of a request, to be streamed."""
    return Body(
        stream=request.stream(),
        content_type=request.headers.get("content-type", ""),
        length=request.content_length,
        content_encoding=request.headers.get("content-encoding", ""),
    )


async def _counter(counter_id: Id, catalog: GivenCatalog, clock: GivenClock) -> Counter:
    counter = await ask(counters.counter, catalog, counter_id, now=clock())
    if counter is None:
        raise not_found("counter", counter_id)
    return counter


def _giver(part: Any) -> Any:  # noqa: ANN401 - whatever it is, it is handed on
    return lambda: part
