from collections.abc import Iterator
from typing import cast

import pytest
import stamina

from tests.conftest import Running
from visitjoin.sender.api.client import Metrica

from .awaited import RunningAwaited, awaited_metrica
from .faulty import Faulty, faulty_server


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Tries again as often as ever, and at once."""
    with stamina.set_testing(True, attempts=6, cap=True):
        yield


@pytest.fixture
def faulty() -> Iterator[Faulty]:
    with faulty_server() as server:
        yield server


@pytest.fixture
def metrica(faulty: Faulty) -> Iterator[Metrica]:
    with Metrica(counter=1, token="not-a-real-token", base_url=faulty.address) as client:  # noqa: S106
        yield client


@pytest.fixture(params=[Metrica, awaited_metrica], ids=["waiting", "awaited"])
def either_metrica(request: pytest.FixtureRequest, faulty: Faulty) -> Iterator[Metrica]:
    """A client of either kind, so that one test is true of both."""
    with request.param(counter=1, token="not-a-real-token", base_url=faulty.address) as client:  # noqa: S106
        yield client


@pytest.fixture(params=[Running, RunningAwaited], ids=["waiting", "awaited"])
def either(request: pytest.FixtureRequest, running: Running) -> Running:
    """The receiver of the session, asked by a client of either kind."""
    return cast("Running", request.param(running.address, running.token, running.data))
