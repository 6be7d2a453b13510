"""The confirmation code's way to a token, against a server that checks every part of it."""

from datetime import UTC, datetime, timedelta

import pytest

from visitjoin.contract.errors import Refused, SettingError, TryLater
from visitjoin.sender.tokens.oauth import Asking

from .yandex import Yandex

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_a_code_becomes_a_token_that_knows_when_it_ends(yandex: Yandex) -> None:
    asking = Asking(client_id=yandex.client_id, server=yandex.address)

    token = asking.token(yandex.allow(asking.address), NOW)

    assert token.secret == yandex.token
    assert token.expires_at == NOW + timedelta(days=365)
    assert yandex.agents[0].startswith("visitjoin/")


def test_a_code_that_somebody_else_saw_is_of_no_use_to_them(yandex: Yandex) -> None:
    ours = Asking(client_id=yandex.client_id, server=yandex.address)
    theirs = Asking(client_id=yandex.client_id, server=yandex.address)

    with pytest.raises(Refused, match="invalid_grant"):
        theirs.token(yandex.allow(ours.address), NOW)


def test_a_code_works_once_and_the_second_time_it_is_said_what_to_do(yandex: Yandex) -> None:
    asking = Asking(client_id=yandex.client_id, server=yandex.address)
    code = yandex.allow(asking.address)
    asking.token(code, NOW)

    with pytest.raises(Refused, match=r"Code has expired\. A code lives ten minutes") as refusal:
        asking.token(code, NOW)

    assert (refusal.value.status, refusal.value.error_type) == (400, "invalid_grant")
    assert asking.verifier not in str(refusal.value)


def test_a_secret_goes_along_where_the_application_asks_for_it(yandex: Yandex) -> None:
    yandex.client_secret = "app-secret"  # noqa: S105 - made up
    bare = Asking(client_id=yandex.client_id, server=yandex.address)
    with pytest.raises(Refused, match="VISITJOIN_CLIENT_SECRET"):
        bare.token(yandex.allow(bare.address), NOW)

    asking = Asking(
        client_id=yandex.client_id,
        client_secret="app-secret",  # noqa: S106 - made up
        server=yandex.address,
    )

    assert asking.token(yandex.allow(asking.address), NOW).secret == yandex.token
    assert "app-secret" not in repr(asking) + asking.address


@pytest.mark.parametrize("seconds", [None, 10**12])
def test_a_token_whose_end_is_unsaid_or_beyond_all_calendars_has_none(
    yandex: Yandex, seconds: int | None
) -> None:
    yandex.expires_in = seconds
    asking = Asking(client_id=yandex.client_id, server=yandex.address)

    assert asking.token(yandex.allow(asking.address), NOW).expires_at is None


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        ((200, '{"access_token": 12345, "x": "y0_part'), Refused, "the answer holds no token"),
        ((200, '{"token": "y0_elsewhere"}'), Refused, "the answer holds no token"),
        ((502, "<html>"), TryLater, "502"),
        ((400, "<html>"), Refused, "400"),
    ],
)
def test_an_answer_that_is_none_is_not_quoted(
    yandex: Yandex, fault: tuple[int, str], error: type[Exception], message: str
) -> None:
    asking = Asking(client_id=yandex.client_id, server=yandex.address)
    code = yandex.allow(asking.address)
    yandex.fault = fault

    with pytest.raises(error, match=message) as raised:
        asking.token(code, NOW)

    assert "y0_" not in str(raised.value)


def test_a_server_that_is_not_there_is_worth_another_try() -> None:
    asking = Asking(client_id="app-1", server="http://127.0.0.1:9")

    with pytest.raises(TryLater, match="cannot be reached"):
        asking.token("code", NOW)


@pytest.mark.parametrize("server", ["http://oauth.example", "ftp://x", "oauth.yandex.ru", "::"])
def test_secrets_go_over_https_or_do_not_leave_the_machine(server: str) -> None:
    asking = Asking(client_id="app-1", server=server)

    with pytest.raises(SettingError, match=r"must begin with https|is not an address"):
        _ = asking.address
    with pytest.raises(SettingError):
        asking.token("code", NOW)
