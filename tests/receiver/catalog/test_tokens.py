from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from visitjoin.contract.errors import SettingError
from visitjoin.contract.scopes import Scope
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tables import TOKENS
from visitjoin.receiver.catalog.tokens import (
    ADMIN,
    TokenState,
    create_token,
    find_token,
    keep_admin_token,
    revoke_token,
    tokens,
)

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def _create(catalog: Catalog, name: str, *counters: int, expires_at: datetime | None = None) -> str:
    made = create_token(
        catalog,
        name,
        scopes=[Scope.READ, Scope.OFFLINE_DATA],
        counters=counters or None,
        now=NOW,
        expires_at=expires_at,
    )
    assert made is not None
    return made


def _name_of(catalog: Catalog, shown: str) -> str | None:
    token = find_token(catalog, shown)
    return None if token is None else token.name


def test_the_first_start_makes_a_token_and_the_second_keeps_it(catalog: Catalog) -> None:
    made = keep_admin_token(catalog, None, now=NOW)

    assert made is not None
    assert len(made) >= 40
    assert keep_admin_token(catalog, None, now=NOW) is None
    assert _name_of(catalog, made) == ADMIN


def test_a_given_token_takes_the_place_of_the_one_before(catalog: Catalog) -> None:
    made = keep_admin_token(catalog, None, now=NOW)

    assert keep_admin_token(catalog, "given-from-outside-1", now=NOW) is None

    assert _name_of(catalog, "given-from-outside-1") == ADMIN
    assert made is not None
    assert _name_of(catalog, made) is None


def test_the_administrator_s_token_has_every_right(catalog: Catalog) -> None:
    keep_admin_token(catalog, "given-from-outside-1", now=NOW)

    (admin,) = tokens(catalog)

    assert admin.scopes == frozenset(Scope)
    assert admin.reaches(7)
    assert admin.state(NOW + 9999 * DAY) is TokenState.ACTIVE


def test_a_revoked_token_of_the_administrator_is_replaced_at_the_next_start(
    catalog: Catalog,
) -> None:
    first = keep_admin_token(catalog, None, now=NOW)
    assert first is not None

    revoke_token(catalog, ADMIN, now=NOW)
    second = keep_admin_token(catalog, None, now=NOW)

    assert second is not None
    assert (_name_of(catalog, first), _name_of(catalog, second)) == (None, ADMIN)


def test_a_given_token_that_was_revoked_is_valid_again_after_the_next_start(
    catalog: Catalog,
) -> None:
    keep_admin_token(catalog, "given-from-outside-1", now=NOW)
    revoke_token(catalog, ADMIN, now=NOW)

    keep_admin_token(catalog, "given-from-outside-1", now=NOW)

    assert [token.state(NOW) for token in tokens(catalog)] == [TokenState.ACTIVE]


def test_a_token_that_could_be_guessed_is_not_taken(catalog: Catalog) -> None:
    with pytest.raises(SettingError, match="too short"):
        keep_admin_token(catalog, "secret", now=NOW)


def test_the_catalog_holds_no_token_in_clear(catalog: Catalog) -> None:
    keep_admin_token(catalog, "given-from-outside-1", now=NOW)
    made = _create(catalog, "crm")

    with catalog.connect() as connection:
        kept = str(connection.execute(select(TOKENS)).all())

    assert "given-from-outside-1" not in kept
    assert made.rpartition("_")[2] not in kept


def test_a_token_is_found_with_what_it_may_do(catalog: Catalog) -> None:
    made = _create(catalog, "crm", 3, 1, expires_at=NOW + DAY)

    found = find_token(catalog, made)

    assert found is not None
    assert (found.name, sorted(found.scopes)) == ("crm", [Scope.OFFLINE_DATA, Scope.READ])
    assert [counter for counter in range(5) if found.reaches(counter)] == [1, 3]
    assert (found.created_at, found.expires_at) == (NOW, NOW + DAY)


def test_a_token_bound_to_no_counter_reaches_none(catalog: Catalog) -> None:
    create_token(catalog, "none", scopes=[Scope.READ], counters=[], now=NOW, expires_at=None)

    (found,) = tokens(catalog)

    assert not found.reaches(1)


def test_the_selector_alone_opens_nothing(catalog: Catalog) -> None:
    made = _create(catalog, "crm")
    selector, _, secret = made.removeprefix("visitjoin_").partition("_")
    other = _create(catalog, "shop")

    for shown in (
        selector,
        f"visitjoin_{selector}_",
        f"visitjoin_{selector}_{secret[:-1]}",
        f"visitjoin_{selector}_{other.rpartition('_')[2]}",
        secret,
        ADMIN,
        "",
    ):
        assert find_token(catalog, shown) is None


def test_a_token_expires_at_its_moment(catalog: Catalog) -> None:
    _create(catalog, "crm", expires_at=NOW + DAY)
    (token,) = tokens(catalog)

    before = token.state(NOW + DAY - timedelta(seconds=1))

    assert (before, token.state(NOW + DAY)) == (TokenState.ACTIVE, TokenState.EXPIRED)


def test_a_token_is_revoked_once_and_stays_in_the_list(catalog: Catalog) -> None:
    made = _create(catalog, "crm")

    assert revoke_token(catalog, "crm", now=NOW + DAY)

    assert not revoke_token(catalog, "crm", now=NOW + 2 * DAY)
    found = find_token(catalog, made)
    assert found is not None
    assert (found.state(NOW), found.revoked_at) == (TokenState.REVOKED, NOW + DAY)


def test_a_name_is_given_once_even_when_its_token_was_revoked(catalog: Catalog) -> None:
    made = _create(catalog, "crm")
    revoke_token(catalog, "crm", now=NOW)

    again = create_token(
        catalog, "crm", scopes=[Scope.READ], counters=None, now=NOW, expires_at=None
    )

    assert again is None
    assert _name_of(catalog, made) == "crm"
