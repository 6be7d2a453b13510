from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.receiver.conftest import Receiver

CLIENT = "1700000000123456789"


def test_a_table_of_visits_is_counted_new_and_known(receiver: Receiver) -> None:
    path = receiver.shop()

    first = receiver.visit(path, f"v1,{CLIENT},1773990000,ad", f"v2,{CLIENT},1773991000,ad")
    again = receiver.visit(path, f"v2,{CLIENT},1773991000,ad", f"v3,{CLIENT},1773992000,ad")

    assert first == {
        "rows": 2,
        "accepted": 2,
        "rejected": 0,
        "new": 2,
        "known": 0,
        "reasons": {},
    }
    assert (again["new"], again["known"]) == (1, 1)
    assert list(receiver.settings.spool.iterdir()) == []


def test_a_bad_visit_is_rejected_by_itself(receiver: Receiver) -> None:
    path = receiver.shop()

    imported = receiver.visit(path, f"v1,{CLIENT},1773990000,ad", f"v2,{CLIENT},yesterday,ad")

    assert (imported["accepted"], imported["rejected"]) == (1, 1)
    assert sum(imported["reasons"].values()) == 1


def test_the_format_is_that_of_the_name_or_of_the_query(receiver: Receiver) -> None:
    visits = receiver.shop().replace("management", "visitjoin") + "/visits"
    table = f"visit_id\tclient_id\tstarted_at\nv1\t{CLIENT}\t1773990000\n"

    unknown = receiver.refused("POST", visits, files={"file": ("export", table)})
    named = receiver.call("POST", visits, files={"file": ("export.TSV", table)})
    asked = receiver.call(
        "POST", visits, files={"file": ("export", table)}, params={"format": "tsv"}
    )

    assert unknown[:2] == (400, "invalid_parameter")
    assert named["visits"]["new"] == 1
    assert asked["visits"]["known"] == 1


def test_a_table_that_is_none_is_refused_and_leaves_nothing(receiver: Receiver) -> None:
    visits = receiver.shop().replace("management", "visitjoin") + "/visits"

    refused = receiver.refused("POST", visits, files={"file": ("v.parquet", b"not Parquet")})

    assert refused[:2] == (400, "invalid_uploading")
    assert list(receiver.settings.spool.iterdir()) == []
