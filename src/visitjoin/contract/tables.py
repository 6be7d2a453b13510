"""The tables inside: names and types of the columns that travel between the rooms.

A million rows stay columns. The types are named as SQL types that DuckDB, Delta Lake and Spark
share. Identifiers are text: Delta Lake has no unsigned 64-bit number. Times of conversions and
visits are Unix seconds in UTC, so that no engine's idea of a time zone can move them.
"""

from typing import Final

PRICE_SCALE: Final = 6
PRICE_PRECISION: Final = 18
PRICE_TYPE: Final = f"decimal({PRICE_PRECISION},{PRICE_SCALE})"

CONVERSION: Final = {
    "row_no": "bigint",  # 1 for the first row under the header of the uploaded file
    "client_id": "string",
    "user_id": "string",
    "yclid": "string",
    "purchase_id": "string",
    "target": "string",  # never null
    "happened_at": "bigint",  # Unix seconds, UTC; never null
    "price": PRICE_TYPE,
    "currency": "string",  # ISO 4217 in capitals
}
"""A conversion, checked and normalised. At least one identifier is not null.

Where the mapping names a key, one more column stands at the end: `KEY`."""

KEY: Final = "key"
"""Text, stripped and never null: what tells one conversion of the source from another."""

CALL: Final = {
    "row_no": "bigint",
    "static_call": "boolean",  # never null: a static call belongs to no visit
    "phone_number": "string",
    "talk_duration": "bigint",  # seconds
    "hold_duration": "bigint",  # seconds
    "call_missed": "boolean",
    "tag": "string",
    "first_time_caller": "boolean",
    "url": "string",
    "call_tracker_url": "string",
}
"""What a call is beside a conversion: one row for each conversion of an upload of calls."""

CHAT: Final = {
    "row_no": "bigint",
    "chat_platform": "string",  # whatsapp, telegram or viber; never null
    "chat_username": "string",
    "chat_user_id": "string",
    "phone_number": "string",
}
"""What a chat is beside a conversion: one row for each of an upload of chats, whose conversions
may lack every identifier of a visitor."""

REJECT: Final = {
    "row_no": "bigint",
    "line": "bigint",  # the line of the source on which the row begins; the header is line 1
    "column": "string",  # the API's name; of a row left out, the header that decided it
    "value": "string",
    "reason": "string",  # contract.reasons.Reason
    "price": PRICE_TYPE,  # where it could be read, so that money can be reconciled
    "currency": "string",
}
"""A row that broke a rule, or that the mapping left out (reason `left_out`)."""

VISIT: Final = {
    "visit_id": "string",  # never null
    "client_id": "string",
    "user_id": "string",
    "started_at": "bigint",  # Unix seconds, UTC; never null
    "ended_at": "bigint",
    "yclid": "string",
    "purchase_ids": "array<string>",
    "traffic_source": "string",
    "utm_source": "string",
    "utm_medium": "string",
    "utm_campaign": "string",
    "start_url": "string",
}
"""A visit. Only visit_id, started_at and one of the identifiers must be there."""

HIT: Final = {
    "client_id": "string",  # never null
    "hit_id": "string",  # never null; with the ClientID it names one hit
    "type": "string",  # pageview or event
    "happened_at": "bigint",  # Unix seconds, UTC; never null
    "received_ms": "bigint",  # Unix milliseconds, UTC; never null
    "batch": "bigint",  # which append brought it, rising; never null
    "robot": "boolean",  # whether its User-Agent is that of a robot; never null
    "url": "string",
    "referrer": "string",
    "title": "string",
    "goal": "string",  # the identifier of an event's goal
    "value": PRICE_TYPE,
    "currency": "string",
    "params": "string",  # JSON, as it was sent
    "user_id": "string",  # where this hit set it
    "screen": "string",
    "action": "string",  # of e-commerce: detail, add, remove, purchase
    "purchase_id": "string",  # null unless the action is a purchase
    "revenue": PRICE_TYPE,
    "coupon": "string",
    "products": "string",  # a JSON object of the Measurement Protocol's fields pr<N>..
}
"""A hit of the receiver's own collection, as it was taken: a fact. No address of a network, and no
User-Agent."""

LINK: Final = {
    "row_no": "bigint",
    "outcome": "string",  # contract.outcomes.Outcome, never `rejected`
    "visit_id": "string",  # null unless the outcome is `linked`
    "linked_by": "string",  # contract.identifiers.IdentifierKind; null unless `linked`
}
"""What became of a conversion: one row each, derived, never a fact."""
