"""The queries of a plan against a slow and obvious version of them, over random small tables."""

from decimal import Decimal
from typing import Any

import duckdb
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.sender.run.slow_plan import Given, Sent, fate, newest
from visitjoin.sender.tables.workspace import text_of

CUT_OFF = 2

IDENTITIES = st.integers(1, 4)
KEYS = st.none() | st.integers(101, 103)
PRICES = st.sampled_from([None, Decimal(1), Decimal(2)])
CURRENCIES = st.sampled_from([None, "RUB", "USD"])

SOURCES = st.lists(
    st.builds(
        Given,
        identity=IDENTITIES,
        key=KEYS,
        happened_at=st.integers(0, 3),
        price=PRICES,
        currency=CURRENCIES,
    ),
    max_size=8,
)
LEDGERS = st.lists(
    st.builds(
        Sent,
        identity=IDENTITIES,
        key=KEYS,
        batch_no=st.integers(1, 3),
        price=PRICES,
        currency=CURRENCIES,
        retracted=st.booleans(),
    ),
    max_size=8,
    # Of one batch the plan lets one row pass for each key, or identity where there is no key.
    unique_by=lambda sent: (sent.batch_no, sent.identity if sent.key is None else sent.key),
)


def asked(
    rows: list[Given], ledger: list[Sent], *, resend: bool
) -> tuple[list[tuple[Any, ...]], dict[int, str]]:
    """What was sent before, and what is held back, as the queries answer it."""
    with duckdb.connect() as engine:
        engine.execute(
            "create table fingerprints (row_no bigint, identity uhugeint, alone uhugeint, "
            "key uhugeint, "
            "happened_at bigint, price decimal(18, 6), currency varchar)"
        )
        engine.execute(
            "create table sent (identity uhugeint, key uhugeint, batch_no integer, "
            "price decimal(18, 6), currency varchar, retracted boolean)"
        )
        for number, row in enumerate(rows, start=1):
            values = [number, row.identity, row.key, row.happened_at, row.price, row.currency]
            engine.execute("insert into fingerprints values (?, ?, null, ?, ?, ?, ?)", values)
        for one in ledger:
            sent = [one.identity, one.key, one.batch_no, one.price, one.currency, one.retracted]
            engine.execute("insert into sent values (?, ?, ?, ?, ?, ?)", sent)
        engine.execute(f"create table sent_before as ({text_of('sent_before.sql')})")
        before = engine.execute(
            "select row_no, price, currency, retracted, moved from sent_before order by row_no"
        ).fetchall()
        terms = {"cut_off": CUT_OFF, "resend_changed": resend}
        return before, dict(engine.execute(text_of("held_back.sql"), terms).fetchall())


@settings(max_examples=100, deadline=None)
@given(rows=SOURCES, ledger=LEDGERS, resend=st.booleans())
def test_every_row_has_the_fate_that_the_obvious_version_gives_it(
    rows: list[Given], ledger: list[Sent], *, resend: bool
) -> None:
    # By identity alone, several conversions of one batch cannot be told apart.
    assume(all(len(newest(row, ledger)) <= 1 for row in rows))

    before, held_back = asked(rows, ledger, resend=resend)

    assert before == [
        (number, sent.price, sent.currency, sent.retracted, sent.identity != row.identity)
        for number, row in enumerate(rows, start=1)
        for sent in newest(row, ledger)
    ]
    fates = [
        fate(number, rows, ledger, cut_off=CUT_OFF, resend=resend) for number in range(len(rows))
    ]
    assert held_back == {number: fate for number, fate in enumerate(fates, start=1) if fate}


def test_two_orders_of_one_moment_are_told_apart_by_their_keys() -> None:
    """An export with days and no times: else each price would be a change of the other, forever."""
    first, second = (
        Given(identity=1, key=key, happened_at=3, price=Decimal(price), currency="RUB")
        for key, price in ((101, 10), (102, 20))
    )
    ledger = [
        Sent(
            identity=row.identity,
            key=row.key,
            batch_no=batch_no,
            price=row.price,
            currency=row.currency,
            retracted=False,
        )
        for batch_no, row in ((1, first), (2, second))
    ]

    _, held_back = asked([first, second], ledger, resend=True)

    assert held_back == {1: "known", 2: "known"}
