import pytest

from tests.conftest import Running
from visitjoin.contract.errors import Refused, SettingError
from visitjoin.sender.tokens.owner import Owner, look, owner_of
from visitjoin.sender.tokens.token import token_of

from .yandex import Yandex


def test_the_owner_is_asked_of_the_identity_server(yandex: Yandex) -> None:
    owner = owner_of(token_of(yandex.token), yandex.address)

    assert owner == Owner(id="1000034426", login="ivan", client_id="app-1")


def test_an_unknown_token_is_refused_and_not_quoted(yandex: Yandex) -> None:
    with pytest.raises(Refused, match="401") as refusal:
        owner_of(token_of("secret-1"), yandex.address)

    assert "secret-1" not in str(refusal.value)


def test_a_token_is_not_shown_in_the_clear_to_another_machine() -> None:
    with pytest.raises(SettingError, match="must begin with https"):
        owner_of(token_of("secret-1"), "http://login.example")


def test_a_receivers_token_is_shown_to_nobody_else(running: Running) -> None:
    with running.client() as admin:
        counter = admin.create_counter("Who am I", time_zone_name="Europe/Moscow")

        seen = look(admin, token_of(running.token), None)

    assert seen.owner is None
    assert counter in seen.counters
    assert seen.problems == ()


def test_what_a_token_may_not_see_is_a_problem_and_not_the_end(
    running: Running, yandex: Yandex
) -> None:
    with running.client() as admin:
        seen = look(admin, token_of(running.token), yandex.address)

    assert seen.owner is None
    assert seen.problems[0].startswith("Owner: GET /info: 401")
    assert seen.counters
