"""For who runs the receiver: does it work, and what has it done? Without a token."""

from http import HTTPStatus
from typing import TypeAlias

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import SkipValidation
from msgspec import Struct
from prometheus_client import CONTENT_TYPE_LATEST

from visitjoin.receiver.health import Health
from visitjoin.receiver.routes.declared import OF_OPERATIONS
from visitjoin.receiver.routes.given import GivenMetrics

GivenHealth: TypeAlias = NamedDependency[SkipValidation[Health]]


class HealthAnswer(Struct, frozen=True):
    """Whether the receiver can do its work, and of each part `ok` or what is wrong with it."""

    status: str
    parts: dict[str, str]


@get(
    "/health",
    sync_to_thread=True,
    responses={
        HTTPStatus.SERVICE_UNAVAILABLE: ResponseSpec(
            HealthAnswer, description="A part does not work", generate_examples=False
        )
    },
)
def get_health(health: GivenHealth) -> Response[HealthAnswer]:
    """Whether the catalog answers, lake and spool can be written to, and the worker runs.

    503 where one does not: it says which.
    """
    faults = health.faults()
    fails = any(faults.values())
    return Response(
        HealthAnswer(
            status="failing" if fails else "ok",
            parts={part.value: fault or "ok" for part, fault in faults.items()},
        ),
        status_code=HTTPStatus.SERVICE_UNAVAILABLE if fails else HTTPStatus.OK,
    )


@get("/metrics", responses=OF_OPERATIONS, media_type=MediaType.TEXT, sync_to_thread=True)
def get_metrics(metrics: GivenMetrics) -> Response[bytes]:
    """Counters in Prometheus's text form."""
    return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)
