"""The closed lists are closed: each member has what a reader of a report needs."""

import re
from pathlib import Path

from visitjoin.contract import errors
from visitjoin.contract.answers import ErrorType
from visitjoin.contract.currencies import known_currencies
from visitjoin.contract.identifiers import MOST_SPECIFIC_FIRST, IdentifierKind
from visitjoin.contract.outcomes import NOT_LINKED, Outcome
from visitjoin.contract.reasons import Reason


def test_every_reason_and_outcome_has_a_sentence_of_its_own() -> None:
    sentences = [member.sentence for member in (*Reason, *Outcome)]

    assert len(set(sentences)) == len(sentences)


def test_every_identifier_kind_has_a_column_and_a_place_in_the_order() -> None:
    assert sorted(MOST_SPECIFIC_FIRST) == sorted(IdentifierKind)
    assert len({kind.column for kind in IdentifierKind}) == len(IdentifierKind)


def test_an_accepted_row_is_a_duplicate_or_linked_or_not_linked() -> None:
    others = {Outcome.REJECTED, Outcome.DUPLICATE, Outcome.LINKED}

    assert others.isdisjoint(NOT_LINKED)
    assert others | set(NOT_LINKED) == set(Outcome)


def test_every_error_type_has_an_http_status_of_an_error() -> None:
    assert all(error.status >= 400 for error in ErrorType)


def test_the_roubles_of_today_are_known_and_those_of_1997_are_not() -> None:
    assert "RUB" in known_currencies()
    assert "RUR" not in known_currencies()


def test_the_drawn_tree_of_errors_is_the_tree_of_classes() -> None:
    drawn = _parents_drawn(Path(errors.__file__).read_text(encoding="utf-8"))
    real = {
        error.__name__: error.__bases__[0].__name__
        for error in vars(errors).values()
        if isinstance(error, type)
        and issubclass(error, errors.VisitjoinError)
        and error is not errors.VisitjoinError
    }

    assert drawn == real


def _parents_drawn(source: str) -> dict[str, str]:
    """Each drawn error and the one it hangs from."""
    parents: dict[str, str] = {}
    above = {0: "VisitjoinError"}
    for line in source.splitlines():
        if found := re.match(r"^((?:│   |    )*)[├└]── (\w+)", line):
            depth = len(found[1]) // 4 + 1
            parents[found[2]] = above[depth - 1]
            above[depth] = found[2]
    return parents
