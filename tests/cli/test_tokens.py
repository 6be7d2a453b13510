"""`visitjoin token`: what an operator types on the receiver's machine, and reads there."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Running
from visitjoin.cli.app import app
from visitjoin.contract.errors import Refused, SettingError
from visitjoin.receiver.catalog.counters import create_counter
from visitjoin.receiver.catalog.opening import open_catalog
from visitjoin.receiver.catalog.tokens import find_token, keep_admin_token

Token = Callable[..., tuple[str, str]]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a receiver that was started once, and has counter 1."""
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    now = datetime.now(UTC)
    keep_admin_token(catalog, None, now=now)
    create_counter(catalog, name="Shop", site="", time_zone_name="Europe/Moscow", now=now)
    catalog.dispose()
    monkeypatch.setenv("VISITJOIN_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def token(data: Path, capsys: pytest.CaptureFixture[str]) -> Token:  # noqa: ARG001 - it is there
    """Runs `visitjoin token` and returns what it printed on its two outputs."""

    def run(*words: str) -> tuple[str, str]:
        app.meta(["token", *words], result_action="return_value")
        return capsys.readouterr()

    return run


def _json(printed: tuple[str, str]) -> Any:  # noqa: ANN401 - whatever the command answers
    return json.loads(printed[0])


def test_a_token_is_shown_once_and_alone_on_standard_output(token: Token, data: Path) -> None:
    shown, remarks = token("create", "crm", "--scope", "metrika:offline_data", "--counter", "1")

    assert re.fullmatch(r"visitjoin_[0-9a-f]{16}_[\w-]{43}\n", shown)
    assert remarks == "The token crm, shown this once:\n"
    catalog = open_catalog(f"sqlite:///{data / 'catalog.sqlite'}")
    found = find_token(catalog, shown.strip())
    assert found is not None
    assert (found.name, found.reaches(1), found.reaches(2)) == ("crm", True, False)
    assert shown.strip() not in "".join(token("list") + token("audit"))
    catalog.dispose()


def test_the_list_says_what_each_token_may_do(token: Token) -> None:
    scopes = ("--scope", "metrika:read", "--scope", "metrika:offline_data")
    token("create", "crm", *scopes, "--counter", "1", "--expires-in", "90")
    token("create", "old", "--scope", "metrika:read")
    token("revoke", "old")

    text, listed = token("list")[0], _json(token("list", "--json"))

    today = datetime.now(UTC).date()
    assert [line.split() for line in text.splitlines()][2] == [
        *("crm", "active", "metrika:offline_data", "metrika:read", "1"),
        *(str(today), str(today + timedelta(days=90))),
    ]
    assert [(each["name"], each["state"], each["counters"]) for each in listed] == [
        ("admin", "active", None),
        ("crm", "active", [1]),
        ("old", "revoked", None),
    ]


def test_what_was_done_about_tokens_is_in_the_log(token: Token) -> None:
    token("create", "crm", "--scope", "metrika:read")
    token("revoke", "crm")
    again = token("revoke", "crm")[0]

    lines = _json(token("audit", "--json"))

    assert again == "The token crm was revoked before.\n"
    assert [(line["made_by"], line["action"], line["object"]) for line in lines] == [
        ("console", "token create", "token crm"),
        ("console", "token revoke", "token crm"),
    ]
    tomorrow = str(datetime.now(UTC).date() + timedelta(days=1))
    assert _json(token("audit", "--since", tomorrow, "--json")) == []
    assert _json(token("audit", "crm", "--json")) == []


def test_who_revokes_the_administrator_s_token_is_told_of_the_next_one(token: Token) -> None:
    assert "The next start of the receiver" in token("revoke", "admin")[0]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("create", "crm", "--scope", "metrika:read", "--counter", "7"), "There is no counter 7."),
        (("create", "крм", "--scope", "metrika:read"), "is no name of a token"),
        (("create", "admin", "--scope", "metrika:read"), '"admin" is taken'),
        (("create", "crm", "--scope", "metrika:read", "--expires-in", "0"), "a day or more"),
        (("revoke", "nobody"), 'There is no token "nobody". There are: admin.'),
        (("list", "--data", "/nowhere"), "There is no catalog /nowhere/catalog.sqlite"),
    ],
)
def test_what_makes_no_sense_is_refused_and_says_what_to_do(
    token: Token, words: tuple[str, ...], message: str
) -> None:
    with pytest.raises(SettingError, match=re.escape(message)):
        token(*words)


def test_a_catalog_elsewhere_is_named_by_the_variable_that_serve_reads(
    token: Token, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"
    open_catalog(elsewhere).dispose()
    monkeypatch.setenv("VISITJOIN_CATALOG", elsewhere)

    assert _json(token("list", "--json")) == []


def test_an_integration_sends_with_a_token_of_its_own_and_can_do_no_more(
    running: Running, token: Token, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running.shop() as shop:
        counter = str(shop.counter_id)
    monkeypatch.setenv("VISITJOIN_DATA", str(running.data))
    scopes = ("--scope", "metrika:read", "--scope", "metrika:offline_data")
    secret = token("create", f"crm-{counter}", *scopes, "--counter", counter)[0].strip()
    variables = {"API": running.address, "TOKEN": secret, "COUNTER": counter}
    for name, value in variables.items():
        monkeypatch.setenv(f"VISITJOIN_{name}", value)
    deals = tmp_path / "deals.csv"
    bought = int(datetime.now(UTC).timestamp()) - 60
    deals.write_text(f"ClientId,Target,DateTime\n1700000000123456789,order_paid,{bought}\n")

    app.meta(["send", str(deals)], result_action="return_value")
    with pytest.raises(Refused) as denied:
        app.meta(["tracking", "disable"], result_action="return_value")
    token("revoke", f"crm-{counter}")
    with pytest.raises(Refused) as revoked:
        app.meta(["goals", "list"], result_action="return_value")

    lines = _json(token("audit", f"crm-{counter}", "--json"))
    assert [(line["action"].rpartition("/")[2], line["result"]) for line in lines] == [
        ("upload", "200"),
        ("extended_threshold", "403"),
    ]
    assert str(denied.value).endswith("needs a token with the scope metrika:write.")
    assert str(revoked.value).endswith("Invalid oauth_token: it was revoked.")
    assert secret not in str(denied.value) + str(revoked.value)


def test_a_name_that_was_given_before_is_not_given_again(token: Token) -> None:
    token("create", "crm", "--scope", "metrika:read")

    with pytest.raises(SettingError, match="such as crm-2"):
        token("create", "crm", "--scope", "metrika:read")
