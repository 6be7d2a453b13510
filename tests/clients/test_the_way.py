"""Of the lists, the pages and the proxy."""

import ssl
from collections.abc import Callable

import httpx
import pytest

from tests.clients.clients import AIOTAPIOCA, CLIENTS, LISTED, TAPI, Client
from tests.clients.connect_proxy import HOSTS
from tests.clients.journey import Journey, Road

pytestmark = pytest.mark.clients

Travelled = Callable[[Client], Journey]


@pytest.mark.parametrize("client", [pytest.param(client, id=client.name) for client in CLIENTS])
def test_a_client_makes_the_calls_that_are_listed_for_it(
    client: Client, travelled: Travelled
) -> None:
    told = travelled(client).told

    went_well = {call for call, answers in told.items() if not any(one.raised for one in answers)}

    assert went_well & set(LISTED) == client.calls


def test_a_form_that_tapi_calls_json_is_taken_as_what_it_is(travelled: Travelled) -> None:
    """It calls every form so, unless its caller takes the header away as our program does."""
    uploading = travelled(TAPI).answer("GET uploading: called JSON")["uploading"]

    assert (uploading["status"], uploading["linked_quantity"]) == ("PROCESSED", 2)


def test_aiotapioca_turns_the_pages_of_the_counters(travelled: Travelled) -> None:
    first, second = travelled(AIOTAPIOCA).answer("GET counters?per_page")

    assert first["rows"] == second["rows"] >= 2
    (one,), (next_one,) = first["counters"], second["counters"]
    assert one["id"] < next_one["id"]


@pytest.mark.parametrize("host", HOSTS)
def test_each_host_of_the_api_is_the_receiver(road: Road, host: str) -> None:
    with _through(road) as client:
        answer = client.get(f"https://{host}/health")

    assert answer.status_code == 200


def test_no_other_host_is_let_through(road: Road) -> None:
    with _through(road) as client, pytest.raises(httpx.ProxyError, match="403 Forbidden"):
        client.get("https://shop.example/health")


def _through(road: Road) -> httpx.Client:
    trusted = ssl.create_default_context(cafile=str(road.certificate.public))
    return httpx.Client(proxy=road.proxy, verify=trusted)
