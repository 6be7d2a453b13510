"""Why a row is rejected: a closed list, one sentence each, in the order of the checks.

A bad row is not an exception. It ends as `rejected`, with the first reason of this list that
holds, and the sentence says what to do. Errors that stop a run are in `contract.errors`.

The first of the list is no fault: a row that the user's mapping leaves out ends as `left_out`, and
is not blamed for anything else that may be wrong with it.
"""

from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """The name of a reason: stable, fit for a report's column or a filter."""

    LEFT_OUT = "left_out"
    TOO_MANY_FIELDS = "too_many_fields"
    NO_IDENTIFIER = "no_identifier"
    SEVERAL_IDENTIFIERS = "several_identifiers"
    IDENTIFIER_DAMAGED = "identifier_damaged"
    IDENTIFIER_NOT_A_NUMBER = "identifier_not_a_number"
    TARGET_EMPTY = "target_empty"
    DATE_TIME_MISSING = "date_time_missing"
    DATE_TIME_NOT_A_TIME = "date_time_not_a_time"
    DATE_TIME_WITHOUT_ZONE = "date_time_without_zone"
    DATE_TIME_AMBIGUOUS = "date_time_ambiguous"
    DATE_TIME_IN_MILLISECONDS = "date_time_in_milliseconds"
    DATE_TIME_IN_THE_FUTURE = "date_time_in_the_future"
    PRICE_NOT_A_NUMBER = "price_not_a_number"
    PRICE_NOT_IN_MINOR_UNITS = "price_not_in_minor_units"
    PRICE_NEGATIVE = "price_negative"
    PRICE_OUT_OF_RANGE = "price_out_of_range"
    CURRENCY_NOT_THREE_LETTERS = "currency_not_three_letters"
    KEY_EMPTY = "key_empty"
    PHONE_NUMBER_MALFORMED = "phone_number_malformed"
    DURATION_NOT_SECONDS = "duration_not_seconds"
    FLAG_NOT_0_OR_1 = "flag_not_0_or_1"
    CHAT_PLATFORM_UNKNOWN = "chat_platform_unknown"
    CHAT_CONTACT_MISSING = "chat_contact_missing"

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, without the value: line, column and value stand beside."""
        return _SENTENCES[self]


_SENTENCES: Final = {
    Reason.LEFT_OUT: (
        "The mapping leaves it out: a condition of its filter does not hold, or the value that "
        "decides the Target has none. This is no fault of the row."
    ),
    Reason.TOO_MANY_FIELDS: (
        "The row has more fields than the header. A value with the separator inside must be "
        "in quotes."
    ),
    Reason.NO_IDENTIFIER: (
        "No visitor identifier. Give ClientId, UserId, Yclid or PurchaseId, of the kind asked for."
    ),
    Reason.SEVERAL_IDENTIFIERS: (
        "Several kinds of identifier in a row where one kind was asked for. Leave one."
    ),
    Reason.IDENTIFIER_DAMAGED: (
        "A spreadsheet took the identifier for a number and its last digits are lost. Export "
        "this column as text."
    ),
    Reason.IDENTIFIER_NOT_A_NUMBER: (
        "The identifier is not an unsigned 64-bit number. Is it another kind of identifier?"
    ),
    Reason.TARGET_EMPTY: "No Target. Give the identifier of a JavaScript-event goal.",
    Reason.DATE_TIME_MISSING: "No DateTime. Give the moment of the conversion.",
    Reason.DATE_TIME_NOT_A_TIME: (
        "Not a time. Give Unix seconds, ISO 8601, 2026-11-03 14:05 or 03.11.2026 14:05."
    ),
    Reason.DATE_TIME_WITHOUT_ZONE: (
        "A local time, and no zone to read it in. Name the zone, or give Unix seconds or an offset."
    ),
    Reason.DATE_TIME_AMBIGUOUS: (
        "The clocks of the zone were changed then: this local time came twice or never. Give "
        "an offset or Unix seconds."
    ),
    Reason.DATE_TIME_IN_MILLISECONDS: (
        "Unix time in milliseconds. The API takes seconds: divide by 1000."
    ),
    Reason.DATE_TIME_IN_THE_FUTURE: (
        "In the future: a conversion must have happened before it is uploaded. Check the zone."
    ),
    Reason.PRICE_NOT_A_NUMBER: "Price is not a number. Write it as 1234.50.",
    Reason.PRICE_NOT_IN_MINOR_UNITS: (
        "Price has a fraction, but the mapping says that prices are whole kopecks or cents. Is "
        'price_unit = "minor" right?'
    ),
    Reason.PRICE_NEGATIVE: "Price is negative. A refund is not a conversion.",
    Reason.PRICE_OUT_OF_RANGE: (
        "Price has more than 12 digits before the point or more than 6 after it."
    ),
    Reason.CURRENCY_NOT_THREE_LETTERS: "Currency is not three letters. Write it as RUB or USD.",
    Reason.KEY_EMPTY: "No key. The column that the mapping names as the key must be filled.",
    Reason.PHONE_NUMBER_MALFORMED: (
        "Not a phone number without blanks, with the codes of country and area. Write it as "
        "+70123456789."
    ),
    Reason.DURATION_NOT_SECONDS: "Not a duration in whole seconds. Write 95 for 1:35.",
    Reason.FLAG_NOT_0_OR_1: "Neither 0 nor 1. Write 1 for yes and 0 for no.",
    Reason.CHAT_PLATFORM_UNKNOWN: (
        "No known platform of chats. Write whatsapp, telegram or viber, in lower case."
    ),
    Reason.CHAT_CONTACT_MISSING: (
        "Nobody to whom the chat belongs. Give ChatUsername, ChatUserID or PhoneNumber."
    ),
}


class VisitReason(StrEnum):
    """Why a row of a table of visits is rejected, in the order of the checks."""

    NO_VISIT_ID = "no_visit_id"
    NO_IDENTIFIER = "no_identifier"
    IDENTIFIER_DAMAGED = "identifier_damaged"
    START_MISSING = "start_missing"
    START_NOT_A_TIME = "start_not_a_time"

    @property
    def sentence(self) -> str:
        """What is wrong and what to do."""
        return _VISIT_SENTENCES[self]


_VISIT_SENTENCES: Final = {
    VisitReason.NO_VISIT_ID: "No visit_id. Without it a visit that is imported twice counts twice.",
    VisitReason.NO_IDENTIFIER: "No identifier. Give client_id, user_id, yclid or purchase_ids.",
    VisitReason.IDENTIFIER_DAMAGED: (
        "A spreadsheet took the identifier for a number and its last digits are lost. Export "
        "this column as text."
    ),
    VisitReason.START_MISSING: "No started_at. Give the moment at which the visit began.",
    VisitReason.START_NOT_A_TIME: (
        "Not a moment. Give Unix seconds, ISO 8601 with an offset, or a local time of the zone."
    ),
}
