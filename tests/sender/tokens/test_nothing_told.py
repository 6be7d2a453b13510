"""The whole life of a token, with everything that is printed and logged caught on the way."""

import logging
from datetime import UTC, datetime

import pytest

from tests.conftest import Running
from visitjoin.contract.errors import Refused
from visitjoin.sender.tokens.expiry import warning_of_expiry
from visitjoin.sender.tokens.oauth import Asking
from visitjoin.sender.tokens.owner import look, owner_of
from visitjoin.sender.tokens.store import find_token, forget_token, keep_token

from .yandex import Yandex

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_no_secret_is_in_any_output_or_log(
    yandex: Yandex,
    running: Running,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """At the level at which httpx and httpcore tell of every request and header."""
    caplog.set_level(logging.DEBUG)
    yandex.client_secret, yandex.token = "app-secret-1", running.token
    asking = Asking(
        client_id=yandex.client_id, client_secret=yandex.client_secret, server=yandex.address
    )
    code = yandex.allow(asking.address)

    token = asking.token(code, NOW)
    with pytest.raises(Refused):
        asking.token(code, NOW)
    keep_token(token, running.address)
    found = find_token(running.address)
    warning_of_expiry(found, NOW)
    owner_of(found.token, yandex.address)
    with running.client() as client:
        look(client, found.token, yandex.address)
    forget_token(running.address)

    out, err = capfd.readouterr()
    told = out + err + caplog.text
    assert "POST" in told
    secrets = (running.token, "app-secret-1", asking.verifier, f"code={code}")
    assert [secret for secret in secrets if secret in told] == []
