"""What is given to a handler that asks for it by name?"""

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, HeaderParameter, SkipValidation

from visitjoin.contract.clock import Clock
from visitjoin.contract.counters import Counter
from visitjoin.contract.extension import IDEMPOTENCY_KEY, LONGEST_KEY
from visitjoin.receiver.catalog import counters
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.config import Settings
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.life import Stores
from visitjoin.receiver.metrics import Metrics
from visitjoin.receiver.multipart import Body
from visitjoin.receiver.reception import Reception
from visitjoin.receiver.refusals import not_found

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
GivenStores: TypeAlias = NamedDependency[SkipValidation[Stores]]

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
    return ours | {"counter": Provide(_counter, sync_to_thread=True)}


def body_of(request: AnyRequest) -> Body:
    """The body of a request, to be streamed."""
    return Body(
        stream=request.stream(),
        content_type=request.headers.get("content-type", ""),
        length=request.content_length,
    )


def _counter(counter_id: FromPath[int], catalog: GivenCatalog, clock: GivenClock) -> Counter:
    counter = counters.counter(catalog, counter_id, now=clock())
    if counter is None:
        raise not_found("counter", counter_id)
    return counter


def _giver(part: Any) -> Any:  # noqa: ANN401 - whatever it is, it is handed on
    return lambda: part
