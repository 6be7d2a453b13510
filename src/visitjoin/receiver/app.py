"""How do the parts of a receiver fit together?"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Router
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.types import Middleware

from visitjoin.contract.clock import Clock, system_clock
from visitjoin.contract.uploads import in_newest_shape, in_older_shape
from visitjoin.receiver.catalog.memory import Memory
from visitjoin.receiver.catalog.opening import open_catalog
from visitjoin.receiver.catalog.tokens import keep_admin_token
from visitjoin.receiver.collect.body import Bodies
from visitjoin.receiver.collect.described import COLLECT
from visitjoin.receiver.collect.door import PATH, Collection, take_hits_before
from visitjoin.receiver.collect.journal import Journal
from visitjoin.receiver.collect.rates import Rates
from visitjoin.receiver.collect.sites import Sites
from visitjoin.receiver.config import Settings
from visitjoin.receiver.console.console import console
from visitjoin.receiver.console.derived import Derived
from visitjoin.receiver.console.pages import page_or
from visitjoin.receiver.console.templates import TEMPLATES
from visitjoin.receiver.door.audit import Audit
from visitjoin.receiver.door.auth import Door, need_token
from visitjoin.receiver.door.front_door import front_door
from visitjoin.receiver.door.quotas import KeepPlaces, Quotas, address_of
from visitjoin.receiver.door.unended import RefuseUnended
from visitjoin.receiver.door.unread import DropUnread
from visitjoin.receiver.health import Health
from visitjoin.receiver.instance import instance_of
from visitjoin.receiver.intake.reception import Reception
from visitjoin.receiver.intake.taking import Intake
from visitjoin.receiver.lake.lake import Lake
from visitjoin.receiver.metrics import Metrics
from visitjoin.receiver.openapi import NEEDS_TOKEN, document
from visitjoin.receiver.refusals import HANDLERS
from visitjoin.receiver.routes import (
    corrections,
    counters,
    explaining,
    goals,
    instance,
    operations,
    outcomes,
    report,
    tag,
    tracking,
    uploads,
    visits,
)
from visitjoin.receiver.routes.given import give
from visitjoin.receiver.work.alive import leave, name_here
from visitjoin.receiver.work.hits import HitsWork
from visitjoin.receiver.work.life import Stays, never
from visitjoin.receiver.work.priority import Rush
from visitjoin.receiver.work.stores import Stores
from visitjoin.receiver.work.worker import Worker


def create_app(
    settings: Settings,
    clock: Clock = system_clock,
    *,
    more_calls: Sequence[Router] = (),
    more_parts: Mapping[str, Any] | None = None,
    stays: Stays = never,
) -> Litestar:
    """A receiver as an ASGI application; its worker runs from startup to shutdown.

    more_calls: beyond those that every receiver has, and more_parts: what their handlers ask for by
    name. stays: says of a status whether uploadings are to be left in it.

    Opens the catalog at once. Where there is no administrator's token yet, the application's
    state has the new one as `new_admin_token`, to be shown once. Raises SettingError.
    """
    settings.spool.mkdir(parents=True, exist_ok=True)
    catalog = open_catalog(settings.catalog)
    memory = Memory(catalog)
    lake = Lake(settings.lake, memory_limit=settings.memory_limit, spill=settings.spill)
    stores = Stores(settings=settings, catalog=catalog, lake=lake, clock=clock)
    journal = Journal(settings.hits, name_here(settings.data))
    sites = Sites(catalog, kept_for=settings.look_around)
    rush = Rush()
    worker = Worker(stores, HitsWork(stores, journal), stays, rush)
    health = Health(settings, catalog, worker)
    metrics = Metrics(health, clock)
    intake = Intake(settings, catalog, clock, rush)
    quotas = Quotas(settings.quotas, catalog, clock) if settings.quotas else None
    derived = Derived(stores)
    audit = Audit(catalog, clock, settings.audit_retention)

    @asynccontextmanager
    async def working(_: Litestar) -> AsyncIterator[None]:
        worker.start()
        try:
            yield
        finally:
            derived.close()
            worker.stop(settings.stop_grace)
            journal.close()
            memory.close()
            catalog.dispose()
            leave(settings.data)

    app = Litestar(
        route_handlers=[
            _management(),
            _extension(),
            _of_no_counter(),
            *_operations(),
            *console(derived),
            *more_calls,
        ],
        dependencies=give(
            {
                "catalog": catalog,
                "clock": clock,
                "health": health,
                "instance": instance_of(settings.data),
                "lake": lake,
                "metrics": metrics,
                "reception": Reception(stores, intake, worker, metrics),
                "settings": settings,
                "shape": in_older_shape if settings.older_answers else in_newest_shape,
                "stores": stores,
                "worker": worker,
                **(more_parts or {}),
            }
        ),
        exception_handlers={**HANDLERS, **page_or(HANDLERS[HTTPException])},
        lifespan=[working],
        middleware=_middleware(settings, quotas),
        before_send=[audit.before_send],
        logging_config=None,  # ours are set up where the process begins
        openapi_config=document({PATH: COLLECT}),
        template_config=TEMPLATES,
        state=State(
            {
                "door": Door(catalog, memory, clock, quotas, settings.proxies),
                "stores": stores,
                "worker": worker,
                "new_admin_token": keep_admin_token(catalog, settings.admin_token, now=clock()),
            }
        ),
    )
    # Before the router, which middleware of the framework stands behind.
    app.asgi_handler = take_hits_before(
        front_door(app.asgi_handler),
        Collection(journal, sites, Bodies(settings.patience), _rates(settings), clock),
    )
    return app


def _rates(settings: Settings) -> Rates | None:
    """The limit of hits, where there is one."""
    if settings.hits_per_second is None:
        return None
    return Rates(
        settings.hits_per_second,
        lambda scope: address_of(ASGIConnection(scope), settings.proxies),
    )


def _middleware(settings: Settings, quotas: Quotas | None) -> list[Middleware]:
    """What a request passes, the outermost first."""
    reading: list[Middleware] = [RefuseUnended(settings.patience), DropUnread()]
    return reading if quotas is None else [*reading, KeepPlaces(quotas)]


def _management() -> Router:
    """The API's own calls."""
    of_a_counter = Router(
        "/counter/{counter_id:int}",
        route_handlers=[
            goals.list_goals,
            goals.create_goal,
            goals.get_goal,
            goals.change_goal,
            goals.delete_goal,
            tracking.enable_tracking,
            tracking.disable_tracking,
            tracking.get_join_threshold,
            tracking.enable_calls_tracking,
            tracking.disable_calls_tracking,
            tracking.get_calls_join_threshold,
            uploads.upload,
            uploads.upload_calls,
            uploads.upload_yclids,
            uploads.list_uploadings,
            uploads.list_calls_uploadings,
            uploads.get_uploading,
            uploads.get_calls_uploading,
        ],
    )
    return Router(
        "/management/v1",
        guards=[need_token],
        security=NEEDS_TOKEN,
        route_handlers=[
            counters.list_counters,
            counters.create_counter,
            counters.get_counter,
            counters.change_counter,
            counters.delete_counter,
            of_a_counter,
        ],
    )


def _extension() -> Router:
    """What we answer beyond the API about a counter."""
    return Router(
        "/visitjoin/v1/counter/{counter_id:int}",
        guards=[need_token],
        security=NEEDS_TOKEN,
        route_handlers=[
            visits.take_visits,
            corrections.make_corrections,
            corrections.list_corrections,
            outcomes.get_outcomes,
            explaining.get_summary,
            explaining.explain_row,
            report.get_report,
        ],
    )


def _of_no_counter() -> Router:
    """What of that is about the receiver itself."""
    return Router(
        "/visitjoin/v1",
        guards=[need_token],
        security=NEEDS_TOKEN,
        route_handlers=[instance.get_instance],
    )


def _operations() -> list[HTTPRouteHandler]:
    return [operations.get_health, operations.get_metrics, tag.get_tag]
