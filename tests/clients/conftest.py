"""Each client travels once in a run of the tests; each test looks at what it saw."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.clients.certificate import make_certificate
from tests.clients.clients import Client
from tests.clients.connect_proxy import HOSTS, connect_proxy
from tests.clients.environments import NotHere, once
from tests.clients.journey import Journey, Road, read
from tests.conftest import Running

_NOT_HERE: Final = "Not here: "


@pytest.fixture(scope="session")
def road(running: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """The way to the receiver under the names of the API's hosts."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is not on this machine.")
    certificate = make_certificate(tmp_path_factory.mktemp("certificate"), HOSTS)
    with connect_proxy(running.address, certificate) as proxy:
        yield Road(running, proxy, certificate)


@pytest.fixture(scope="session")
def travelled(
    road: Road, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Callable[[Client], Journey]:
    """What a client saw; a test of a client that cannot be had is skipped.

    With several workers the first that asks takes the client along for all of them.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent

    def travel(client: Client) -> Journey:
        folder = tmp_path_factory.mktemp("journey")
        told = once(shared / f"{client.name}.told", lambda: _told(road, client, folder))
        if told.startswith(_NOT_HERE):
            pytest.skip(told.removeprefix(_NOT_HERE))
        return read(told)

    return travel


def _told(road: Road, client: Client, folder: Path) -> str:
    try:
        return road.travel(client, folder)
    except NotHere as reason:
        return f"{_NOT_HERE}{reason}"  # kept, or every test would try to install it


@pytest.fixture
def journey(request: pytest.FixtureRequest, travelled: Callable[[Client], Journey]) -> Journey:
    """The journey of the client that the test names."""
    return travelled(request.param)
