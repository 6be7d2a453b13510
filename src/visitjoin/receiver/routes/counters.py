"""Counters: list, create, one, change, delete."""

from typing import Annotated, TypeAlias
from zoneinfo import ZoneInfo

from litestar import delete, get, post, put
from litestar.params import JSONBody, QueryParameter
from msgspec import UNSET, Meta, Struct, UnsetType, field, to_builtins

from visitjoin.contract.answers import CounterAnswer, CountersAnswer, Success
from visitjoin.contract.counters import (
    DEFAULT_TIME_ZONE,
    DEFAULT_VISIT_THRESHOLD,
    LONGEST_VISIT_THRESHOLD,
    SHORTEST_VISIT_THRESHOLD,
    ChangedCollectionSettings,
    CollectionSettings,
    Counter,
)
from visitjoin.contract.goals import Goal
from visitjoin.contract.texts import TEXT_PATTERN
from visitjoin.receiver.catalog import counters
from visitjoin.receiver.catalog.collecting import collecting
from visitjoin.receiver.catalog.goals import goals
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.door.audit import name_made
from visitjoin.receiver.refusals import OF_JSON, invalid, not_found
from visitjoin.receiver.routes.declared import OF_ALL, OF_BODY, OF_COUNTER, OF_COUNTER_AND_BODY
from visitjoin.receiver.routes.given import AnyRequest, GivenCatalog, GivenClock, GivenCounter

Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=255, pattern=TEXT_PATTERN)]
Site: TypeAlias = Annotated[str, Meta(pattern=TEXT_PATTERN)]
VisitThreshold: TypeAlias = Annotated[
    int, Meta(ge=SHORTEST_VISIT_THRESHOLD, le=LONGEST_VISIT_THRESHOLD)
]


class NewCounter(Struct):
    """What a new counter may say about itself."""

    name: Name
    site: Site = ""
    time_zone_name: str = DEFAULT_TIME_ZONE
    visit_threshold: VisitThreshold = DEFAULT_VISIT_THRESHOLD
    collection: CollectionSettings = field(default_factory=CollectionSettings)


class NewCounterBody(Struct):
    """The body of `POST counters`."""

    counter: NewCounter


class ChangedCounter(Struct):
    """What may be changed about a counter; what is left out stays."""

    name: Name | UnsetType = UNSET
    site: Site | UnsetType = UNSET
    visit_threshold: VisitThreshold | UnsetType = UNSET
    collection: ChangedCollectionSettings | UnsetType = UNSET


class ChangedCounterBody(Struct):
    """The body of `PUT counter/{id}`."""

    counter: ChangedCounter


class CounterWithGoals(Counter, frozen=True, kw_only=True):
    """A counter, and what `?field=` asks for beside."""

    goals: tuple[Goal, ...] | UnsetType = UNSET
    collection: CollectionSettings | UnsetType = UNSET
    """Ours: what is set about its hits."""


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
        catalog,
        name=new.name,
        site=new.site,
        time_zone_name=new.time_zone_name,
        visit_threshold=new.visit_threshold,
        collection=new.collection,
        now=clock(),
    )
    name_made(request, "counter", made.id)
    return CounterAnswer(counter=made)


@get("/counter/{counter_id:int}", responses=OF_COUNTER, sync_to_thread=True)
def get_counter(
    counter: GivenCounter,
    catalog: GivenCatalog,
    fields: Annotated[
        str,
        QueryParameter(
            name="field",
            description="`goals` adds the counter's goals; `collection`, ours, what is set about "
            "its hits",
        ),
    ] = "",
) -> CounterWithGoalsAnswer:
    """One counter."""
    asked = fields.split(",")
    answered = CounterWithGoals(
        **{name: getattr(counter, name) for name in counter.__struct_fields__},
        goals=goals(catalog, counter.id) if "goals" in asked else UNSET,
        collection=_collection(catalog, counter.id) if "collection" in asked else UNSET,
    )
    return CounterWithGoalsAnswer(counter=answered)


@put(
    "/counter/{counter_id:int}",
    responses=OF_COUNTER_AND_BODY,
    exception_handlers=OF_JSON,
    sync_to_thread=True,
)
def change_counter(
    counter: GivenCounter,
    data: JSONBody[ChangedCounterBody],
    catalog: GivenCatalog,
    clock: GivenClock,
) -> CounterAnswer:
    """Change a counter; what the body leaves out stays.

    Another `visit_threshold` holds for the visits of all hits that are kept, from the next hit on.
    """
    changed = {
        name: value
        for name in ("name", "site", "visit_threshold")
        if (value := getattr(data.counter, name)) is not UNSET
    }
    if data.counter.collection is not UNSET:
        changed |= to_builtins(data.counter.collection)
    counters.change_counter(catalog, counter.id, changed)
    found = counters.counter(catalog, counter.id, now=clock())
    if found is None:
        raise not_found("counter", counter.id)
    return CounterAnswer(counter=found)


@delete("/counter/{counter_id:int}", responses=OF_COUNTER, status_code=200, sync_to_thread=True)
def delete_counter(counter: GivenCounter, catalog: GivenCatalog, clock: GivenClock) -> Success:
    """Delete a counter: it is not answered any more. What it took in stays on disk."""
    counters.delete_counter(catalog, counter.id, now=clock())
    return Success()


def _collection(catalog: Catalog, counter_id: int) -> CollectionSettings | UnsetType:
    found = collecting(catalog, counter_id)
    return UNSET if found is None else found.settings


def check_zone(name: str) -> None:
    """Raises Refusal where a name is no time zone's."""
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise invalid(
            f'"{name}" is no time zone. Give a name of the tz database, e.g. Europe/Moscow.',
            location="time_zone_name",
        ) from error
