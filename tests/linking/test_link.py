"""Which visit a conversion belongs to: each rule of docs/explanation/linking.md."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from visitjoin.contract.errors import EngineError
from visitjoin.contract.window import cut_off
from visitjoin.linking import link

from .tables import Link, linked

START = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
DAY = 86_400


def visit(name: str, day: float, **fields: object) -> dict[str, Any]:
    return {"visit_id": name, "started_at": START + int(day * DAY), "client_id": "17"} | fields


def seconds(month: datetime, day: int) -> int:
    return int((month + timedelta(days=day - 1)).timestamp())


def conversion(day: float, **fields: object) -> dict[str, Any]:
    row = {"target": "order_paid", "happened_at": START + int(day * DAY)}
    return row | (fields or {"client_id": "17"})


def fate(
    folder: Path, visits: list[dict[str, Any]], *conversions: dict[str, Any], window_from: float = 0
) -> list[Link]:
    opens = datetime.fromtimestamp(START, UTC) + timedelta(days=window_from)
    return linked(
        folder, visits=visits, conversions=conversions, cut_off=opens, targets=["order_paid"]
    )


def test_a_conversion_between_two_visits_links_to_the_earlier_one(tmp_path: Path) -> None:
    visits = [visit("early", 1), visit("late", 3)]

    assert fate(tmp_path, visits, conversion(2)) == [
        {"outcome": "linked", "visit_id": "early", "linked_by": "CLIENT_ID"}
    ]


def test_the_example_of_the_guide(tmp_path: Path) -> None:
    """Sessions on 1, 5 and 11 March, bought on 10 March, sent on 20 March: that of 5 March."""
    march = datetime(2026, 3, 1, 12, tzinfo=UTC)
    visits = [
        {"visit_id": f"of March {day}", "client_id": "17", "started_at": seconds(march, day)}
        for day in (1, 5, 11)
    ]
    bought = seconds(march, 10)
    sent = march + timedelta(days=19)

    (row,) = linked(
        tmp_path,
        visits=visits,
        conversions=[{"client_id": "17", "target": "order_paid", "happened_at": bought}],
        cut_off=cut_off(enabled_at=march - timedelta(days=90), processed_at=sent),
    )

    assert row["visit_id"] == "of March 5"


def test_a_visit_that_starts_in_the_second_of_the_conversion_is_before_it(tmp_path: Path) -> None:
    (row,) = fate(tmp_path, [visit("same", 2)], conversion(2))

    assert row["visit_id"] == "same"


def test_of_two_visits_in_one_second_the_larger_id_wins(tmp_path: Path) -> None:
    visits = [visit("v2", 1), visit("v9", 1), visit("v10", 1)]

    assert fate(tmp_path, visits, conversion(2))[0]["visit_id"] == "v9"


def test_a_visit_at_the_cut_off_second_still_links(tmp_path: Path) -> None:
    assert (
        fate(tmp_path, [visit("edge", 1)], conversion(2), window_from=1)[0]["outcome"] == "linked"
    )


def test_a_visit_a_second_before_the_cut_off_does_not_link(tmp_path: Path) -> None:
    edge = visit("edge", 1) | {"started_at": START + DAY - 1}

    assert fate(tmp_path, [edge], conversion(2), window_from=1) == [
        {"outcome": "no_visit_in_window", "visit_id": None, "linked_by": None}
    ]


def test_an_old_visit_is_not_replaced_by_one_that_came_after_the_conversion(tmp_path: Path) -> None:
    visits = [visit("old", 1), visit("after", 9)]

    (row,) = fate(tmp_path, visits, conversion(8), window_from=5)

    assert row["outcome"] == "no_visit_in_window"


def test_a_conversion_before_every_visit(tmp_path: Path) -> None:
    assert fate(tmp_path, [visit("v", 3)], conversion(2))[0]["outcome"] == "before_first_visit"


def test_nobody_with_that_identifier(tmp_path: Path) -> None:
    (row,) = fate(tmp_path, [visit("v", 1)], conversion(2, client_id="18"))

    assert row["outcome"] == "visitor_not_found"


def test_a_target_without_a_goal_is_said_before_anything_about_the_visitor(tmp_path: Path) -> None:
    stray = conversion(2) | {"target": "test"}

    assert fate(tmp_path, [visit("v", 1)], stray)[0]["outcome"] == "goal_not_found"


def test_an_identifier_of_one_kind_is_never_looked_up_as_another(tmp_path: Path) -> None:
    visits = [visit("v", 1, client_id="17", user_id="u", yclid="y", purchase_ids=["p"])]

    rows = fate(
        tmp_path,
        visits,
        conversion(2, user_id="17"),
        conversion(2, yclid="17"),
        conversion(2, purchase_id="u"),
        conversion(2, client_id="y"),
    )

    assert {row["outcome"] for row in rows} == {"visitor_not_found"}


class TestUserId:
    def test_stands_for_every_client_id_that_ever_set_it(self, tmp_path: Path) -> None:
        visits = [
            visit("phone, signed in", 1, client_id="phone", user_id="anna"),
            visit("laptop, signed in", 2, client_id="laptop", user_id="anna"),
            visit("laptop, not signed in", 4, client_id="laptop"),
            visit("somebody else", 5, client_id="other"),
        ]

        (row,) = fate(tmp_path, visits, conversion(6, user_id="anna"))

        assert (row["visit_id"], row["linked_by"]) == ("laptop, not signed in", "USER_ID")

    def test_links_to_a_visit_before_the_sign_in(self, tmp_path: Path) -> None:
        visits = [visit("advert", 1), visit("signed in", 5, user_id="anna")]

        (row,) = fate(tmp_path, visits, conversion(3, user_id="anna"))

        assert row["visit_id"] == "advert"

    def test_finds_a_visit_that_has_no_client_id(self, tmp_path: Path) -> None:
        visits = [visit("app", 1, client_id=None, user_id="anna")]

        (row,) = fate(tmp_path, visits, conversion(3, user_id="anna"))

        assert row["visit_id"] == "app"


class TestYclidAndPurchaseId:
    def test_a_yclid_links_to_the_first_visit_that_carried_it(self, tmp_path: Path) -> None:
        visits = [visit("click", 1, yclid="97"), visit("reload", 2, yclid="97"), visit("last", 4)]

        (row,) = fate(tmp_path, visits, conversion(5, yclid="97"))

        assert (row["visit_id"], row["linked_by"]) == ("click", "YCLID")

    def test_a_purchase_links_to_its_visit_whatever_the_clock_of_the_crm_says(
        self, tmp_path: Path
    ) -> None:
        visits = [visit("bought", 3, purchase_ids=["A-0", "A-1"])]

        (row,) = fate(tmp_path, visits, conversion(2, purchase_id="A-1"))

        assert (row["visit_id"], row["linked_by"]) == ("bought", "PURCHASE_ID")

    def test_an_old_click_is_outside_the_window(self, tmp_path: Path) -> None:
        visits = [visit("click", 1, yclid="97"), visit("reload", 3, yclid="97")]

        (row,) = fate(tmp_path, visits, conversion(5, yclid="97"), window_from=2)

        assert row["outcome"] == "no_visit_in_window"


class TestSeveralIdentifiers:
    VISITS = (
        visit("purchase", 1, client_id="1", purchase_ids=["A-1"]),
        visit("click", 2, client_id="2", yclid="97"),
        visit("client", 3, client_id="17"),
        visit("user", 4, client_id="4", user_id="anna"),
    )

    @pytest.mark.parametrize(
        ("identifiers", "chosen"),
        [
            (
                {"purchase_id": "A-1", "yclid": "97", "client_id": "17", "user_id": "anna"},
                "purchase",
            ),
            ({"yclid": "97", "client_id": "17", "user_id": "anna"}, "click"),
            ({"client_id": "17", "user_id": "anna"}, "client"),
            ({"purchase_id": "A-9", "client_id": "17", "user_id": "anna"}, "client"),
            ({"purchase_id": "A-9", "yclid": "0", "client_id": "0", "user_id": "anna"}, "user"),
        ],
    )
    def test_the_most_specific_one_that_finds_a_visit_wins(
        self, tmp_path: Path, identifiers: dict[str, str], chosen: str
    ) -> None:
        (row,) = fate(tmp_path, list(self.VISITS), conversion(6, **identifiers))

        assert row["visit_id"] == chosen

    def test_one_outside_the_window_leaves_the_next_its_turn(self, tmp_path: Path) -> None:
        row = conversion(6, purchase_id="A-1", client_id="17")

        assert fate(tmp_path, list(self.VISITS), row, window_from=2)[0]["visit_id"] == "client"

    def test_where_none_links_the_most_specific_known_one_says_why(self, tmp_path: Path) -> None:
        early = conversion(2.5, purchase_id="A-9", yclid="97", client_id="17")

        (row,) = fate(tmp_path, list(self.VISITS), early, window_from=2.2)

        assert row["outcome"] == "no_visit_in_window"


class TestDuplicates:
    def test_the_last_of_equal_rows_counts(self, tmp_path: Path) -> None:
        rows = fate(tmp_path, [visit("v", 1)], conversion(2), conversion(2), conversion(2))

        assert [row["outcome"] for row in rows] == ["duplicate", "duplicate", "linked"]

    @pytest.mark.parametrize(
        "other",
        [
            conversion(2) | {"happened_at": START + 2 * DAY + 1},
            conversion(2) | {"target": "test"},
            conversion(2, client_id="17", user_id="anna"),
            conversion(2, yclid="17"),
        ],
    )
    def test_rows_that_differ_in_any_part_of_the_key_are_no_duplicates(
        self, tmp_path: Path, other: dict[str, Any]
    ) -> None:
        rows = fate(tmp_path, [visit("v", 1)], conversion(2), other)

        assert rows[0]["outcome"] == "linked"
        assert rows[1]["outcome"] != "duplicate"


class TestFiles:
    def test_without_visits_nobody_is_found(self, tmp_path: Path) -> None:
        linked(tmp_path, visits=[], conversions=[conversion(1)], cut_off=datetime.now(UTC))

        counts = link(
            visits=[],
            conversions=[tmp_path / "conversions.parquet"],
            targets=None,
            cut_off=datetime.now(UTC),
            out=tmp_path / "out.parquet",
        )

        assert counts == {"visitor_not_found": 1}

    def test_without_conversions_there_is_no_outcome(self, tmp_path: Path) -> None:
        assert (
            linked(tmp_path, visits=[visit("v", 1)], conversions=[], cut_off=datetime.now(UTC))
            == []
        )

    def test_a_missing_file_is_an_error_that_names_the_query(self, tmp_path: Path) -> None:
        with pytest.raises(EngineError, match=r"link\.sql") as error:
            link(
                visits=[tmp_path / "nothing.parquet"],
                conversions=[],
                targets=None,
                cut_off=datetime.now(UTC),
                out=tmp_path / "out.parquet",
            )

        assert error.value.query == "link.sql"
        assert list(tmp_path.iterdir()) == []

    def test_row_numbers_that_are_not_unique_are_an_error_and_not_a_wrong_count(
        self, tmp_path: Path
    ) -> None:
        files = []
        for day in (1, 2):
            linked(tmp_path, visits=[], conversions=[conversion(day)], cut_off=datetime.now(UTC))
            files.append((tmp_path / "conversions.parquet").rename(tmp_path / f"{day}.parquet"))

        with pytest.raises(EngineError, match="2 conversions ended in"):
            link(
                visits=[],
                conversions=files,
                targets=None,
                cut_off=datetime.now(UTC),
                out=tmp_path / "out.parquet",
            )
