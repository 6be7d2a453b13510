"""`visitjoin correct`: what was refunded or repriced, corrected where it was sent."""

from typing import Literal

from visitjoin.cli.connection import Connection, Json, Ledgers, RowType
from visitjoin.cli.console import say, say_json, say_table
from visitjoin.cli.progress import following
from visitjoin.cli.reading import Reading, SourceName
from visitjoin.contract.errors import SettingError
from visitjoin.contract.uploads import UploadType
from visitjoin.prepare import Condition
from visitjoin.sender.report.corrections import lines, sentences
from visitjoin.sender.report.refusals import check_taken
from visitjoin.sender.run.correct import correct as correct_table
from visitjoin.sender.run.wishes import Wishes


def correct(
    *source: SourceName,
    refunded: str | None = None,
    all_refunded: bool = False,
    apply: bool = False,
    type_: RowType = UploadType.BASIC,
    wait: float | None = None,
    ledgers: Ledgers = None,
    reading: Reading | None = None,
    connection: Connection,
    json: Json = False,
) -> None:
    """Show what is to be corrected of what was sent, and with --apply do it.

    A receiver of one's own takes a refunded conversion back. Yandex.Metrica knows a newer price
    alone: there a refund becomes a price of 0, the conversion stays counted, and the plan says what
    error stays.

    Args:
        source: an export with the same orders as was sent, and their prices of now; any table, or
            several, that `send` takes.
        refunded: which rows are refunds, as COLUMN=VALUE, such as Status=Refunded.
        all_refunded: every row of the table is a refund.
        apply: do it; without this the plan is only shown.
        type_: what the rows are: basic conversions, or calls.
        wait: seconds to wait for the last statuses; default as long as it takes.
        ledgers: folder of the ledgers of what was sent.
        reading: how to read the table.
        connection: server and counter.
        json: print JSON.
    """
    if refunded and all_refunded:
        raise SettingError("--refunded names some rows and --all-refunded all of them. Leave one.")
    reading = reading or Reading()
    wishes = Wishes(
        mapping=reading.mapping,
        zone=reading.zone,
        only=reading.only,
        type=type_,
        patience=wait,
        ledgers=ledgers,
    )
    table = reading.source(source)
    with connection.connect() as metrica, following() as telling:
        corrections = correct_table(
            metrica,
            table,
            wishes,
            refunded=True if all_refunded else _condition(refunded),
            apply=apply,
            telling=telling,
        )
    if json:
        say_json(corrections)
    else:
        say_table(("", "rows", "money as sent -> as it will be"), lines(corrections))
        for sentence in sentences(corrections):
            say(sentence)
    check_taken(corrections.refused)


def _condition(pair: str | None) -> Condition | Literal[True] | None:
    if pair is None:
        return None
    column, equals, value = pair.partition("=")
    if not column or not equals or not value:
        raise SettingError(f'--refunded "{pair}" is not COLUMN=VALUE, such as Status=Refunded.')
    return Condition(column=column, equals=value, origin="--refunded")
