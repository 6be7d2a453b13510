import pytest

from visitjoin.contract.goals import (
    Condition,
    Goal,
    GoalId,
    fault_of_target,
    mistaken_target,
    target_of,
    targets_of,
)


def event_goal(number: int, target: str, *, name: str = "Order paid", match: str = "exact") -> Goal:
    return Goal(
        id=GoalId(number), name=name, type="action", conditions=(Condition(type=match, url=target),)
    )


def test_an_event_goal_with_an_exact_condition_is_reached_by_its_identifier() -> None:
    assert target_of(event_goal(1, "order_paid")) == "order_paid"


@pytest.mark.parametrize("match", ["contain", "start", "regexp"])
def test_a_goal_with_another_condition_is_not_reached(match: str) -> None:
    assert target_of(event_goal(1, "order_paid", match=match)) is None


def test_a_page_goal_is_not_reached_by_a_target() -> None:
    page = Goal(
        id=GoalId(1), name="Thanks", type="url", conditions=(Condition(type="exact", url="thanks"),)
    )

    assert target_of(page) is None


def test_of_two_goals_with_one_identifier_the_older_is_reached() -> None:
    found = targets_of([event_goal(8, "order_paid"), event_goal(3, "order_paid")])

    assert found["order_paid"].id == 3


@pytest.mark.parametrize(
    ("target", "mistake"),
    [
        ("555001", 'is the id of goal "Order paid". Write "order_paid".'),
        ("order PAID", 'is the name of goal 555001. Write "order_paid".'),
        ("Order_Paid", 'differs in case from the identifier "order_paid".'),
    ],
)
def test_a_target_that_is_a_goals_id_or_name_is_said_so_by_name(target: str, mistake: str) -> None:
    said = mistaken_target(target, [event_goal(555001, "order_paid")])

    assert said == f'Target "{target}" {mistake}'


@pytest.mark.parametrize("target", ["order_paid", "something_else"])
def test_a_right_or_unrelated_target_is_no_mistake(target: str) -> None:
    assert mistaken_target(target, [event_goal(555001, "order_paid")]) is None


def test_the_characters_that_an_identifier_must_not_contain_are_named() -> None:
    assert fault_of_target("order_paid") is None
    assert fault_of_target("  ") == "The identifier of a goal must not be empty."
    for character in '/\\&#?="':
        assert fault_of_target(f"order{character}paid") == (
            f'The identifier of a goal must not contain "{character}".'
        )
