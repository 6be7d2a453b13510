"""Who gets in, for how long, and what no other site can make a browser do."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from tests.receiver.conftest import TOKEN
from visitjoin.contract.scopes import Scope
from visitjoin.receiver.catalog.tokens import keep_admin_token, revoke_token, tokens
from visitjoin.receiver.console import console as pages

from .browsing import Browsing, said

if TYPE_CHECKING:
    from tests.receiver.conftest import Receiver


def _token(receiver: Receiver, *scopes: Scope, **more: object) -> str:
    holder = receiver.holder(*scopes, **more)  # type: ignore[arg-type] # as it takes them
    return holder.headers["Authorization"].removeprefix("OAuth ")


def _is_in(browsing: Browsing) -> bool:
    return browsing.get("/").status_code == 200


def test_no_token_stands_in_a_log_or_an_address(shared: Receiver) -> None:
    browsing, wrong = Browsing.anew(shared), "visitjoin_0_mistyped"

    with capture_logs() as logged:
        refused = browsing.send("/sign-in", at="/sign-in", token=wrong)
        taken = browsing.send("/sign-in", at="/sign-in", token=TOKEN)

    with shared.client.app.state.door.catalog.connect() as connection:
        audited = str(connection.execute(text("select * from audit")).all())
    for token in (wrong, TOKEN):
        assert token not in f"{logged}{audited}{taken.headers}{refused.headers}{refused.text}"
    assert '<form method="post" action="./sign-in"' in refused.text, "not a part of the address"


def test_whoever_has_not_signed_in_is_led_there_and_back(shared: Receiver) -> None:
    browsing = Browsing.anew(shared)

    led = browsing.get("/counter/1/results")
    assert (led.status_code, led.headers["location"]) == (303, "/sign-in?next=/counter/1/results")
    asked = browsing.get("/counter/1/visits?source=ad").headers["location"]
    assert asked == "/sign-in?next=/counter/1/visits%3Fsource%3Dad"
    back = browsing.send("/sign-in", at="/sign-in", token=TOKEN, next="/counter/1/results")

    assert (back.status_code, back.headers["location"]) == (303, "/counter/1/results")


def test_the_cookie_is_not_the_token_and_no_script_reads_it(shared: Receiver) -> None:
    browsing = Browsing.anew(shared)

    answer = browsing.send("/sign-in", at="/sign-in", token=TOKEN)

    cookie = answer.headers["set-cookie"]
    name = shared.client.cookies["visitjoin_session"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    with shared.client.app.state.door.catalog.connect() as connection:
        kept = str(connection.execute(text("select * from sessions")).all())
    assert name not in kept
    assert TOKEN not in kept


def test_a_cookie_goes_by_tls_alone_where_the_browser_came_by_tls(shared: Receiver) -> None:
    shared.client.cookies.clear()

    answer = shared.client.get("/sign-in", headers={"X-Forwarded-Proto": "https"})

    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("token", ["", "visitjoin_0_no", "another-token"])
def test_a_token_that_is_not_known_opens_nothing(shared: Receiver, token: str) -> None:
    browsing = Browsing.anew(shared)

    answer = browsing.send("/sign-in", at="/sign-in", token=token)

    assert answer.status_code == 403
    assert not _is_in(browsing)


def test_a_token_that_is_revoked_ends_its_sessions(shared: Receiver) -> None:
    token = _token(shared, Scope.READ)
    browsing = Browsing.anew(shared, token)
    catalog = shared.client.app.state.door.catalog
    (name,) = [
        one.name
        for one in tokens(catalog)
        if one.created_at == max(other.created_at for other in tokens(catalog) if other.created_at)
        and one.name != "admin"
    ][-1:]
    assert _is_in(browsing)

    revoke_token(catalog, name, now=shared.clock())

    assert not _is_in(browsing)
    assert "was revoked" in said(browsing.send("/sign-in", at="/sign-in", token=token))


def test_a_token_that_is_replaced_or_expires_ends_its_sessions(receiver: Receiver) -> None:
    catalog = receiver.client.app.state.door.catalog
    admin = Browsing.anew(receiver, TOKEN)
    assert _is_in(admin)
    keep_admin_token(catalog, "another-token-of-the-tests", now=receiver.clock())
    assert not _is_in(admin)

    guest = Browsing.anew(receiver, _token(receiver, Scope.READ, days=1))
    receiver.clock.advance(timedelta(hours=11))
    assert _is_in(guest)
    receiver.clock.advance(timedelta(hours=2))
    assert not _is_in(guest)


def test_who_signs_out_is_out_also_with_a_copy_of_the_cookie(shared: Receiver) -> None:
    browsing = Browsing.anew(shared, TOKEN)
    copy = shared.client.cookies["visitjoin_session"]

    browsing.send("/sign-out", at="/")
    shared.client.cookies.set("visitjoin_session", copy)

    assert not _is_in(browsing)


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_after_signing_in_nobody_is_led_to_another_site(shared: Receiver, there: str) -> None:
    browsing = Browsing.anew(shared)

    answer = browsing.send("/sign-in", at="/sign-in", token=TOKEN, next=there)

    assert answer.headers["location"] == "/"


def test_no_form_is_taken_without_the_word_that_only_our_pages_know(shared: Receiver) -> None:
    browsing = Browsing.anew(shared, TOKEN)
    forms = [
        re.sub(r"{\w+}", "1", path)
        for router in pages.console(shared.client.app.state.door)
        for route in router.routes
        for path in [route.path_format]
        if "POST" in route.methods
    ]

    shared.shop()
    for path in forms:
        for word in ({}, {"form_word": "0" * 64}):
            file = {"files": {"file": ("a.csv", "x")}} if path.endswith("/upload") else {}
            answer = browsing.post(path, data={"answer": "upload", **word}, **file)
            assert answer.status_code == 403, path
            assert "Nothing was changed" in said(answer), path
    assert len(forms) >= 9


def test_a_token_sees_what_its_scope_lets_it_and_its_own_counters_alone(shared: Receiver) -> None:
    mine, other = (path.rpartition("/")[2] for path in (shared.shop(), shared.shop()))
    browsing = Browsing.anew(shared, _token(shared, Scope.OFFLINE_DATA, counters=[int(mine)]))

    answers = {
        path: browsing.get(f"/counter/{mine}{path}").status_code
        for path in ("/upload", "/uploadings", "", "/results", "/visits", "/goals")
    }

    assert answers == {
        "/upload": 200,
        "/uploadings": 200,
        "": 403,
        "/results": 403,
        "/visits": 403,
        "/goals": 403,
    }
    assert browsing.get(f"/counter/{other}/uploadings").status_code == 403
    assert browsing.get("/counter/999999/uploadings").status_code == 403
    assert f"Counter {mine}," in browsing.text("/")
    assert f"Counter {other}," not in browsing.text("/")


def test_what_is_done_with_a_page_is_in_the_log_of_writes(shared: Receiver) -> None:
    counter = shared.shop().rpartition("/")[2]
    browsing = Browsing.anew(shared, TOKEN)

    browsing.send(f"/counter/{counter}/goals", at=f"/counter/{counter}/goals", name="A", target="a")

    with shared.client.app.state.door.catalog.connect() as connection:
        asked = text("select made_by, action, result from audit where counter_id = :counter")
        lines = connection.execute(asked, {"counter": counter}).all()
    assert lines[-1] == ("admin", "POST /counter/{counter_id}/goals", "303")


def test_the_api_takes_no_session_in_place_of_a_token(shared: Receiver) -> None:
    browsing = Browsing.anew(shared, TOKEN)

    assert browsing.get("/management/v1/counters").status_code == 401
