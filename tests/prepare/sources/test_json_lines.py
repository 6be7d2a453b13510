import pytest

from tests.prepare.conftest import Check
from visitjoin.contract.columns import Column
from visitjoin.contract.errors import SourceError
from visitjoin.prepare import Mapping


def test_json_lines_keep_every_digit_of_a_number(check: Check) -> None:
    result = check(
        '{"ClientId": 18446744073709551615, "Target": "order_paid", "DateTime": 1794690000}\n'
        '{"Target": "order_paid", "UserId": "crm-204", "DateTime": "2026-11-15T00:00:00Z"}\n',
        name="deals.jsonl",
    )

    assert [row["client_id"] for row in result.conversions] == ["18446744073709551615", None]
    assert result.conversions[1]["user_id"] == "crm-204"


def test_json_lines_that_are_not_json_are_an_error(check: Check) -> None:
    with pytest.raises(SourceError, match="Not JSON Lines"):
        check('{"ClientId": \n', name="deals.jsonl")


def test_a_key_may_hold_a_quote_or_a_dot(check: Check) -> None:
    result = check(
        '{"it\'s": 1, "a.b": "t", "ClientId": 17, "DateTime": 1794690000}\n',
        name="deals.jsonl",
        mapping=Mapping(columns={Column.TARGET: "a.b"}),
    )

    assert result.only["target"] == "t"
