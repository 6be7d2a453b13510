import pytest
from sqlalchemy import select

from visitjoin.contract.errors import SettingError
from visitjoin.receiver.catalog.opening import Catalog
from visitjoin.receiver.catalog.tables import TOKENS
from visitjoin.receiver.catalog.tokens import ADMIN, keep_admin_token, name_of


def test_the_first_start_makes_a_token_and_the_second_keeps_it(catalog: Catalog) -> None:
    made = keep_admin_token(catalog, None, now=NOW)

    assert made is not None
    assert len(made) >= 40
    assert keep_admin_token(catalog, None, now=NOW) is None
    assert name_of(catalog, made) == ADMIN


def test_a_given_token_takes_the_place_of_the_one_before(catalog: Catalog) -> None:
    made = keep_admin_token(catalog, None, now=NOW)

    assert keep_admin_token(catalog, "given-from-outside-1", now=NOW) is None

    assert name_of(catalog, "given-from-outside-1") == ADMIN
    assert made is not None
    assert name_of(catalog, made) is None


def test_a_token_that_could_be_guessed_is_not_taken(catalog: Catalog) -> None:
    with pytest.raises(SettingError, match="too short"):
        keep_admin_token(catalog, "secret", now=NOW)


def test_the_catalog_holds_no_token_in_clear(catalog: Catalog) -> None:
    keep_admin_token(catalog, "given-from-outside-1", now=NOW)

    with catalog.connect() as connection:
        tokens = connection.execute(select(TOKENS)).all()

    assert len(tokens) == 1
    assert "given-from-outside-1" not in str(tokens)
