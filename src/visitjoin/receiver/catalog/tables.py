"""Which tables does the catalog have? Times are Unix seconds in UTC.

Every change here takes a step in `migrations/versions`.
"""

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

METADATA: Final = MetaData()

# SQLite numbers rows by itself only in a column that is called INTEGER.
_ID: Final = BigInteger().with_variant(Integer, "sqlite")

COUNTERS: Final = Table(
    "counters",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("name", String(255), nullable=False),
    Column("site", Text, nullable=False),
    Column("time_zone_name", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("deleted_at", BigInteger),
    Column("visit_threshold", Integer, nullable=False),  # seconds without a hit that end a visit
    Column("honours_do_not_track", Boolean, nullable=False),
    Column("hits_days", Integer, nullable=False),  # for how many a hit is kept
    Column(
        "measurement_tokens", JSON, nullable=False
    ),  # one of which a hit has to bring; none: any
    sqlite_autoincrement=True,  # the id of something deleted is never given again
)

GOALS: Final = Table(
    "goals",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("counter_id", ForeignKey("counters.id"), nullable=False, index=True),
    Column("name", String(255), nullable=False),
    Column("type", String(64), nullable=False),
    Column("conditions", JSON, nullable=False),
    Column("default_price", Float, nullable=False),
    Column("is_favorite", Boolean, nullable=False),
    Column("flag", String(64), nullable=False),
    Column("deleted_at", BigInteger),
    sqlite_autoincrement=True,
)

TOKENS: Final = Table(
    "tokens",
    METADATA,
    Column("name", String(255), primary_key=True),
    # What of a token is no secret, and finds it; of the administrator's, its name.
    Column("selector", String(32), nullable=False, unique=True),
    Column("sha256", String(64), nullable=False),  # of the token: the token itself is not kept
    Column("scopes", JSON, nullable=False),
    Column("counters", JSON(none_as_null=True)),  # ids; null for all, those to come as well
    Column("created_at", BigInteger),  # null where a version before the fourth made it
    Column("expires_at", BigInteger),  # null: never
    Column("revoked_at", BigInteger),
)

SESSIONS: Final = Table(
    "sessions",
    METADATA,
    Column("sha256", String(64), primary_key=True),  # of the session's name, which is not kept
    Column("token_name", String(255), nullable=False),
    Column("token_sha256", String(64), nullable=False),  # a token in its place opens nothing
    Column("expires_at", BigInteger, nullable=False),
)

TRACKING: Final = Table(
    "tracking",
    METADATA,
    Column("counter_id", ForeignKey("counters.id"), primary_key=True),
    Column("enabled_at", BigInteger, nullable=False),
)

CALLS_TRACKING: Final = Table(
    "calls_tracking",
    METADATA,
    Column("counter_id", ForeignKey("counters.id"), primary_key=True),
    Column("enabled_at", BigInteger, nullable=False),
)

UPLOADINGS: Final = Table(
    "uploadings",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("counter_id", ForeignKey("counters.id"), nullable=False),
    Column("status", String(32), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("source_quantity", BigInteger, nullable=False),
    Column("line_quantity", BigInteger, nullable=False),
    Column("comment", Text, nullable=False),
    Column("client_id_type", String(32)),
    Column("type", String(32), nullable=False),
    Column("folder", Text, nullable=False),  # name in the spool
    Column("tracked_since", BigInteger, nullable=False),  # as it was when the file was accepted
    Column("processed_at", BigInteger),  # when linking first began: a repeat has the same cut-off
    Column("counts", JSON),  # rows by outcome; null before the last status
    Column("idempotency_key", String(255)),  # null where the client gave none
    Column("static_calls", BigInteger),  # of the accepted rows; null where they are not calls
    Column("visits_seen", BigInteger),  # imports of visits that there were when it was linked
    Column("open_rows", BigInteger),  # that a later visit may link; null before the last status
    Index("uploadings_of_a_counter", "counter_id", "id"),
    Index("uploadings_by_status", "status"),
    Index("uploadings_by_processing", "processed_at"),
    # Nulls are not equal to each other, so uploads without a key do not get in each other's way.
    Index("uploadings_by_key", "counter_id", "idempotency_key", unique=True),
    sqlite_autoincrement=True,
)

CORRECTIONS: Final = Table(
    "corrections",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("counter_id", ForeignKey("counters.id"), nullable=False),
    Column("idempotency_key", String(255)),  # of the request; null where the client gave none
    Column("row_no", BigInteger, nullable=False),  # in its request, from 1
    Column("client_id", Text),
    Column("user_id", Text),
    Column("yclid", Text),
    Column("purchase_id", Text),
    Column("target", Text),  # null where the purchase alone names the conversions
    Column("happened_at", BigInteger),
    Column("retract", Boolean, nullable=False),
    Column("price", String(32)),  # as text: SQLite keeps decimals in floats
    Column("currency", String(3)),
    Column("comment", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", String(255), nullable=False),  # name of the token
    Column("newest_uploading", BigInteger, nullable=False),  # it speaks of none after this one
    Column("found", BigInteger, nullable=False),  # conversions that it applied to when made
    Index("corrections_of_a_counter", "counter_id", "id"),
    Index("corrections_by_key", "counter_id", "idempotency_key", "row_no", unique=True),
    sqlite_autoincrement=True,
)

LEASES: Final = Table(
    "leases",
    METADATA,
    Column("name", String(255), primary_key=True),  # of what is worked on, such as uploading/7
    Column("holder", String(255), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

AUDIT: Final = Table(
    "audit",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", String(255), nullable=False),  # name of the token
    Column("action", String(255), nullable=False),  # method and path, without ids
    Column("counter_id", BigInteger),
    Column("object", String(255)),  # such as goal 7; null where the counter says it all
    Column("result", String(32), nullable=False),  # the status of the answer
    Index("audit_by_time", "made_at"),
    sqlite_autoincrement=True,
)

REQUESTS: Final = Table(
    "requests",
    METADATA,
    Column("asked", String(255), primary_key=True),  # by or of what, and in which group
    # Of Greenwich, counted from 1970.
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    Column("made", BigInteger, nullable=False),
)
