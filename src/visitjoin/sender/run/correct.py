"""What was refunded or repriced in the CRM is corrected where it was sent.

A receiver of one's own takes a conversion back, or gives it a new price, whenever it happened.
Yandex.Metrica documents one correction: the same conversion, sent again with another price, has
that price (FAQ on overwriting). So there a refund becomes a price of 0, the conversion stays
counted, and what is older than the window stays as it is. The plan says all that before anything is
done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from time import sleep as real_sleep
from typing import Any, Literal

from visitjoin.contract.clock import Clock, Sleep, system_clock
from visitjoin.contract.columns import Column
from visitjoin.contract.errors import SettingError, SourceError
from visitjoin.contract.extension import MOST_CORRECTIONS, Correction, CorrectionState
from visitjoin.contract.uploads import Uploading
from visitjoin.prepare import Condition, Prepared, Source, TargetByValue
from visitjoin.prepare.sources import STDIN_NAME, is_standard_input, name_of
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.receiver import Receiver
from visitjoin.sender.ledger.batches import Batch
from visitjoin.sender.ledger.corrections import keep_corrections
from visitjoin.sender.report.corrections import Change, Corrections, State
from visitjoin.sender.report.refusals import refusals_of
from visitjoin.sender.run.earlier import finish_earlier
from visitjoin.sender.run.follow import follow
from visitjoin.sender.run.leave import upload_leaving
from visitjoin.sender.run.opening import Opened, opened
from visitjoin.sender.run.plan import join_threshold
from visitjoin.sender.run.reading import read
from visitjoin.sender.run.telling import Telling
from visitjoin.sender.run.wishes import Wishes


def correct(  # the wishes say how to read; these say what to do
    metrica: Metrica,
    source: Source,
    wishes: Wishes | None = None,
    *,
    refunded: Condition | Literal[True] | None = None,
    apply: bool = False,
    by_price_alone: bool | None = None,
    telling: Telling | None = None,
    clock: Clock = system_clock,
    sleep: Sleep = real_sleep,
) -> Corrections:
    """Plan what is to be corrected of what was sent, and do it where that is wished.

    source: an export with the same key, or the same identifiers, Target and moment, as was sent.
    refunded: which of its rows are refunds: those that a condition holds of, all of them (True), or
        none (None). The others are orders with their prices of now.
    apply: do it; without it the plan is only told.
    by_price_alone: whether the server knows no other correction than a newer price; None for what
        is so: Metrica knows no other, and our receiver does.
    wishes, telling, clock, sleep: as in `send`.

    Raises SettingError where refunds are in a stage that does not tell their goal, and SourceError,
    LedgerError and ApiError as `send` does. What was corrected until then is written down, and the
    same call goes on with the rest.
    """
    wishes = wishes or Wishes()
    by_price = metrica.is_yandex if by_price_alone is None else by_price_alone
    parts = _parts(wishes, refunded)
    if len(parts) > 1 and is_standard_input(source):
        raise SourceError(
            "It is read twice, for the refunds and for the rest. Write it to a file first.",
            path=STDIN_NAME,
        )
    halves: list[_Half] = []
    with opened(metrica, wishes, telling=telling, clock=clock, sleep=sleep) as run:
        sent = finish_earlier(run.delivery) if apply else []
        follow(run.delivery, run.workspace, sent, wishes.patience)
        cut_off = join_threshold(metrica, clock(), wishes.type)
        run.workspace.hold("nothing_refunded.sql", "refunded")
        for part, is_refund in parts:
            prepared = read(run, source, part)
            _plan(run, is_refund=is_refund, by_price=by_price, cut_off=cut_off)
            again = (
                _apply(run, source, prepared, part, by_price=by_price, is_refund=is_refund)
                if apply
                else []
            )
            found = follow(run.delivery, run.workspace, again, wishes.patience)
            uploadings = tuple(found.values())
            sent += again
            # After it was done, for the server may not know what the ledger says was sent.
            changes = _changes(run, prepared, is_refund=is_refund)
            if is_refund:
                # An order that is refunded in one row is not sold in another.
                run.workspace.hold("refunded.sql", "refunded")
            halves.append(_Half(prepared=prepared, changes=changes, uploadings=uploadings))
    return Corrections(
        source=name_of(source),
        rows=halves[0].prepared.rows,
        changes=(*_left_out(halves), *(change for half in halves for change in half.changes)),
        was_done=apply,
        uploadings=tuple(one for half in halves for one in half.uploadings),
        refused=refusals_of(sent),
    )


@dataclass(frozen=True, kw_only=True)
class _Half:
    """The refunds of a table, or its other rows."""

    prepared: Prepared
    changes: tuple[Change, ...]
    uploadings: tuple[Uploading, ...]


def _parts(wishes: Wishes, refunded: Condition | Literal[True] | None) -> list[tuple[Wishes, bool]]:
    """How each half of the table is read, and whether it is that of the refunds."""
    mapping = wishes.mapping
    # Whatever a CRM writes as the price of a refund, a negative one too, it is worth nothing now.
    worthless = {**mapping.constants, Column.PRICE: "0"}
    if refunded is None:
        return [(wishes, False)]
    if refunded is True:
        return [(replace(wishes, mapping=replace(mapping, constants=worthless)), True)]
    values = refunded.among or (refunded.equals or "",)
    others = Condition(column=refunded.column, not_among=values)
    refunds = replace(
        mapping,
        constants=worthless,
        filter=(*mapping.filter, refunded),
        targets=_with_refunds(mapping.targets, refunded.column, values),
    )
    rest = replace(mapping, filter=(*mapping.filter, others))
    return [(replace(wishes, mapping=refunds), True), (replace(wishes, mapping=rest), False)]


def _with_refunds(
    targets: TargetByValue | None, column: str, values: Sequence[str]
) -> TargetByValue | None:
    """The goals by stage, where refunds have a stage of their own that reaches none.

    It does not say what was sent before. Where all stages reach one goal, it was that.
    """
    if targets is None:
        return None
    headers = (targets.column,) if isinstance(targets.column, str) else targets.column
    unknown = [value for value in values if not targets.goals.get(value)]
    if not unknown or column.casefold() not in map(str.casefold, headers):
        return targets
    goals = set(filter(None, targets.goals.values()))
    if len(goals) != 1:
        raise SettingError(
            f'Which goal had rows reached that are "{unknown[0]}" in {column} now? The mapping '
            f"names {', '.join(sorted(goals)) or 'none'}. Name one with --target."
        )
    (goal,) = goals
    return replace(targets, goals={**targets.goals, **dict.fromkeys(unknown, goal)})


def _left_out(halves: Sequence[_Half]) -> tuple[Change, ...]:
    """What the mapping itself leaves out: of two halves, each leaves out the other one too."""
    rows = sum(half.prepared.left_out for half in halves)
    rows -= halves[0].prepared.rows * (len(halves) - 1)
    return (_without_money(State.LEFT_OUT, rows, is_refund=False),) if rows else ()


def _plan(run: Opened, *, is_refund: bool, by_price: bool, cut_off: datetime) -> None:
    run.workspace.hold("fingerprints.sql", "fingerprints")
    run.workspace.hold("sent_before.sql", "sent_before")
    run.workspace.hold(
        "corrections.sql",
        "corrections",
        retract=is_refund,
        only_prices=by_price,
        cut_off=int(cut_off.timestamp()),
    )


def _changes(run: Opened, prepared: Prepared, *, is_refund: bool) -> tuple[Change, ...]:
    found = tuple(
        Change(
            state=State(state),
            is_refund=is_refund,
            currency=currency,
            rows=rows,
            before=before,
            now=now,
        )
        for state, currency, rows, before, now in run.workspace.rows("sums_of_corrections.sql")
    )
    if not prepared.rejected:
        return found
    return (_without_money(State.REJECTED, prepared.rejected, is_refund=is_refund), *found)


def _without_money(state: State, rows: int, *, is_refund: bool) -> Change:
    nothing = Decimal(0)
    return Change(
        state=state, is_refund=is_refund, currency="", rows=rows, before=nothing, now=nothing
    )


def _apply(
    run: Opened,
    source: Source,
    prepared: Prepared,
    wishes: Wishes,
    *,
    by_price: bool,
    is_refund: bool,
) -> list[Batch]:
    if not by_price:
        _correct_by_name(run)
        return []
    run.workspace.name("leaving_corrected.sql", "leaving")
    sent = upload_leaving(
        run, wishes, prepared=prepared, source=name_of(source), retracted=is_refund
    )
    if refused := [batch.number for batch in sent if batch.refusal is not None]:
        run.workspace.rows("correction_refused.sql", refused=refused)
    return sent


def _correct_by_name(run: Opened) -> None:
    """Ask a receiver of one's own for the corrections, some at a time, and write each down."""
    receiver = Receiver(run.delivery.metrica)
    named = run.workspace.rows("corrected.sql")
    for begin in range(0, len(named), MOST_CORRECTIONS):
        page = named[begin : begin + MOST_CORRECTIONS]
        corrections = [_correction(*row[1:]) for row in page]
        # Without an Idempotency-Key: made again after a lost answer they come to the same.
        answer = receiver.correct(corrections)
        not_known = {
            one.row_no for one in answer.corrections if one.state is CorrectionState.NOT_FOUND
        }
        numbered = [(place, row[0]) for place, row in enumerate(page, start=1)]
        keep_corrections(
            run.delivery.ledger,
            made=[row_no for place, row_no in numbered if place not in not_known],
            not_known=[row_no for place, row_no in numbered if place in not_known],
        )


def _correction(*named: Any) -> Correction:  # noqa: ANN401 - a row of corrected.sql
    *identity, target, happened_at, retract, price, currency = named
    client_id, user_id, yclid, purchase_id = identity
    return Correction(
        client_id=client_id,
        user_id=user_id,
        yclid=yclid,
        purchase_id=purchase_id,
        target=target,
        happened_at=happened_at,
        retract=retract,
        price=None if retract else price,
        currency=None if retract else currency,
    )
