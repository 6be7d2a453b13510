from collections import Counter

from visitjoin.contract.reasons import Reason
from visitjoin.prepare import Mapping, TargetByValue

from .conftest import Check

HEADER = "ClientId,Target,DateTime\n"


def test_more_rejects_than_memory_holds_are_told_as_few_are(check: Check) -> None:
    # More than the 20,000 rows that stay in memory.
    wrong = "1700000000000000001,,1794690000\nabc,order_paid,1794690000\n,,\n" * 10_001

    found = check(HEADER + wrong)

    assert found.prepared.rejected_by_reason == Counter(
        {Reason.TARGET_EMPTY: 10_001, Reason.IDENTIFIER_NOT_A_NUMBER: 10_001}
    )
    # Every third row is blank, and counts as none.
    assert [row["line"] for row in found.rejects] == [n for n in range(2, 30_005) if n % 3 != 1]
    assert found.reasons == ["target_empty", "identifier_not_a_number"] * 10_001


def test_what_a_mapping_says_later_counts_for_the_next_table(check: Check) -> None:
    # What was made for a table's plan is kept for the next: a changed dictionary is another plan.
    goals = {"won": "order_paid"}
    mapping = Mapping(targets=TargetByValue(column="Stage", goals=goals))
    table = "ClientId,Stage,DateTime\n1700000000000000001,won,1794690000\n"
    assert check(table, mapping=mapping).only["target"] == "order_paid"

    goals["won"] = "deal_closed"

    assert check(table, mapping=mapping).only["target"] == "deal_closed"
