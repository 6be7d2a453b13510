"""The page of other people's clients says what tests/clients tries, and no more."""

import re
from pathlib import Path

import pytest

from tests.clients.clients import CLIENTS, LISTED, Client

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "clients.md"


def rows(heading: str) -> list[list[str]]:
    """The rows of the table whose first line begins with a heading."""
    table = re.search(
        rf"^\| {heading} \|.*\n\| ---.*\n((?:\|.*\n)+)", PAGE.read_text("utf-8"), re.MULTILINE
    )
    assert table is not None
    return [line.strip("| ").split(" | ") for line in table[1].splitlines()]


def test_every_client_is_listed_with_its_version_and_how_many_calls_it_makes() -> None:
    listed = [(name, version, calls) for name, version, _, calls, _ in rows(r"Client \| Version")]

    assert listed == [(client.name, client.version, str(len(client.calls))) for client in CLIENTS]


def test_every_call_of_every_client_is_in_the_table() -> None:
    def row(call: str) -> list[str]:
        return [f"`{call}`", *("yes" if call in client.calls else "–" for client in CLIENTS)]

    assert rows("Call") == [row(call) for call in LISTED]
    assert frozenset(LISTED) == frozenset().union(*(client.calls for client in CLIENTS))


def test_the_errors_are_those_that_the_clients_raise() -> None:
    def errors(client: Client) -> list[str]:
        raised = (client.wrong_token, client.no_such_counter, client.missing_column)
        nothing = "–" if client.pins else "status and body"
        return [client.name, *(f"`{error}`" if error else nothing for error in raised)]

    assert rows(r"Client \| A token that is not known") == [errors(client) for client in CLIENTS]


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_what_is_installed_is_pinned(client: Client) -> None:
    """So that a run of the tests next year tries what the page says."""
    assert all(re.fullmatch(r"[\w-]+==[\d.]+", pin) for pin in client.pins)
    assert not client.pins or f"{client.name}=={client.version}" in client.pins
