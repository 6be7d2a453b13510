"""An error of the receiver is an error of the client, in the client's own way, with our words."""

from collections.abc import Callable

import pytest

from tests.clients.clients import AIOTAPIOCA, CLIENTS, SENDS_FILES, TAPI, Client
from tests.clients.journey import Journey, Told

pytestmark = pytest.mark.clients

Travelled = Callable[[Client], Journey]

all_clients = pytest.mark.parametrize(
    "client", [pytest.param(client, id=client.name) for client in CLIENTS]
)


def error(told: Told) -> tuple[int, str]:
    """Status and type of an error in the API's form, whose message is not empty."""
    (fault,) = told.answer["errors"]
    assert told.answer["code"] == told.status
    assert told.answer["message"] == fault["message"] != ""
    return told.status, fault["error_type"]


@all_clients
def test_a_token_that_is_not_known(client: Client, travelled: Travelled) -> None:
    told = travelled(client).one("GET goals: wrong token")

    assert error(told) == (403, "invalid_token")
    assert told.raised == client.wrong_token


@all_clients
def test_a_counter_that_is_not_there(client: Client, travelled: Travelled) -> None:
    told = travelled(client).one("GET goals: no such counter")

    assert error(told) == (404, "not_found")
    assert told.raised == client.no_such_counter


@pytest.mark.parametrize(
    "client",
    [pytest.param(client, id=client.name) for client in CLIENTS if SENDS_FILES in client.calls],
)
def test_a_file_without_a_column_that_it_needs(client: Client, travelled: Travelled) -> None:
    told = travelled(client).one("POST upload: no Target")

    assert error(told) == (400, "invalid_uploading")
    assert "No column for Target" in told.answer["message"]
    assert told.raised == client.missing_column


def test_tapi_is_told_how_to_switch_tracking_on(travelled: Travelled) -> None:
    told = travelled(TAPI).one("POST upload: tracking is off")

    assert error(told) == (400, "invalid_parameter")
    assert told.raised == "YandexMetrikaClientError"
    assert "extended_threshold" in told.answer["message"]


def test_aiotapioca_cannot_send_a_form_whatever_the_server(travelled: Travelled) -> None:
    told = travelled(AIOTAPIOCA).one("POST upload: a form")

    assert (told.raised, told.answer) == (
        "TypeError",
        "Object of type FormData is not JSON serializable",
    )


def test_aiotapioca_is_told_that_it_has_sent_json(travelled: Travelled) -> None:
    """It makes a JSON string of the file's text."""
    told = travelled(AIOTAPIOCA).one("POST upload: a text")

    assert error(told) == (400, "invalid_uploading")
    assert told.raised == "YandexMetrikaClientError"
    assert told.answer["message"].startswith("The body is JSON, and this call takes a file.")


def test_aiotapioca_fails_over_a_counter_that_it_has_created(travelled: Travelled) -> None:
    """It reads `rows` from the answer, which the API gives to a list of counters alone."""
    told = travelled(AIOTAPIOCA).one("POST counters")

    assert (told.raised, told.answer) == ("KeyError", "'rows'")
