"""Counters: list, create, one, delete."""

from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo

from litestar import delete, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import UNSET, Meta, Struct, UnsetType

from visitjoin.contract.answers import CounterAnswer, CountersAnswer, Success
from visitjoin.contract.counters import DEFAULT_TIME_ZONE, Counter
from visitjoin.contract.goals import Goal
from visitjoin.contract.texts import TEXT_PATTERN
from visitjoin.receiver.catalog import counters
from visitjoin.receiver.catalog.goals import goals
from visitjoin.receiver.door.audit import name_made
from visitjoin.receiver.refusals import OF_JSON, invalid
from visitjoin.receiver.routes.declared import OF_ALL, OF_BODY, OF_COUNTER
from visitjoin.receiver.routes.given import AnyRequest, GivenCatalog, GivenClock, GivenCounter


class NewCounter(Struct):
    """What a new counter may say about itself."""

    name: Annotated[str, Meta(min_length=1, max_length=255, pattern=TEXT_PATTERN)]
    site: Annotated[str, Meta(pattern=TEXT_PATTERN)] = ""
    time_zone_name: str = DEFAULT_TIME_ZONE


class NewCounterBody(Struct):
    """The body of `POST counters`."""

    counter: NewCounter


class CounterWithGoals(Counter, frozen=True, kw_only=True):
    """A counter, and its goals where `?field=goals` asks for them."""

    goals: tuple[Goal, ...] | UnsetType = UNSET


class CounterWithGoalsAnswer(Struct, frozen=True):
    """One counter, with its goals or without."""

    counter: CounterWithGoals


First: TypeAlias = Annotated[
    int, QueryParameter(name="offset", ge=1, description="The number of the first one, from 1")
]
PerPage: TypeAlias = Annotated[
    int | None, QueryParameter(ge=1, description="How many are listed; all unless asked")
]


@get("/counters", responses=OF_ALL, sync_to_thread=True)
def list_counters(
    request: AnyRequest,
    catalog: GivenCatalog,
    clock: GivenClock,
    first: First = 1,
    per_page: PerPage = None,
) -> CountersAnswer:
    """List the counters that the token reaches, oldest first.

    `rows` is how many there are, on whichever page.
    """
    found = counters.counters(catalog, now=clock(), only=request.state.token.counters)
    page = found[first - 1 :][:per_page]
    return CountersAnswer(counters=page, rows=len(found))


@post(
    "/counters", responses=OF_BODY, exception_handlers=OF_JSON, status_code=200, sync_to_thread=True
)
def create_counter(
    request: AnyRequest, data: JSONBody[NewCounterBody], catalog: GivenCatalog, clock: GivenClock
) -> CounterAnswer:
    """Create a counter. Its time zone is that of its local times, and is not changed later."""
    new = data.counter
    check_zone(new.time_zone_name)
    made = counters.create_counter(
        catalog, name=new.name, site=new.site, time_zone_name=new.time_zone_name, now=clock()
    )
    name_made(request, "counter", made.id)
    return CounterAnswer(counter=made)


@get("/counter/{counter_id:int}", responses=OF_COUNTER, sync_to_thread=True)
def get_counter(
    counter: GivenCounter,
    catalog: GivenCatalog,
    field: Annotated[str, QueryParameter(description="`goals` adds the counter's goals")] = "",
) -> CounterWithGoalsAnswer:
    """One counter."""
    fields = {name: getattr(counter, name) for name in counter.__struct_fields__}
    asked = goals(catalog, counter.id) if "goals" in field.split(",") else UNSET
    return CounterWithGoalsAnswer(counter=CounterWithGoals(**fields, goals=asked))


@delete("/counter/{counter_id:int}", responses=OF_COUNTER, status_code=200, sync_to_thread=True)
def delete_counter(counter: GivenCounter, catalog: GivenCatalog, clock: GivenClock) -> Success:
    """Delete a counter: it is not answered any more. What it took in stays on disk."""
    counters.delete_counter(catalog, counter.id, now=clock())
    return Success()


def check_zone(name: str) -> None:
    """Raises Refusal where a name is no time zone's."""
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise invalid(
            f'"{name}" is no time zone. Give a name of the tz database, e.g. Europe/Moscow.',
            location="time_zone_name",
        ) from error
