"""Uploads: what a request carries, what comes back, and the life of an uploading."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from msgspec import Struct
from msgspec.structs import replace

UploadingId = NewType("UploadingId", int)

FILE_PART: Final = "file"
"""The one part of the multipart body (upload reference)."""

LARGEST_FILE: Final = 1_000_000_000
"""Bytes: the API's 1 GB, read as 10^9 to be safe on either reading."""

LONGEST_COMMENT: Final = 255
DEFAULT_LIMIT: Final = 10_000
"""How many uploadings a list answers unless asked otherwise."""

_COMMENT: Final = re.compile(r"[\w .,:;()+/#-]*")


class UploadType(StrEnum):
    """What the rows of a file are."""

    BASIC = "BASIC"
    CALLS = "CALLS"
    CHATS = "CHATS"

    def call(self, name: str) -> str:
        """The name of a call for uploads of this type; calls have calls of their own.

        name: that of basic conversions, such as `upload`, `uploadings` or `extended_threshold`.
        """
        if self is not UploadType.CALLS:
            return name
        return "upload_calls" if name == "upload" else f"calls_{name}"


class UploadStatus(StrEnum):
    """Where an uploading stands, in the order of its life."""

    PREPARED = "PREPARED"
    UPLOADED = "UPLOADED"
    EXPORTED = "EXPORTED"
    MATCHED = "MATCHED"
    PROCESSED = "PROCESSED"
    LINKAGE_FAILURE = "LINKAGE_FAILURE"

    @property
    def is_last(self) -> bool:
        """Whether the uploading has come to its end. Late visits may still link some of it."""
        return self in (UploadStatus.PROCESSED, UploadStatus.LINKAGE_FAILURE)


class Uploading(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An accepted file, as the API answers it.

    Clients have seen answers without most of these fields, so only the id and the status must
    be there. Quantities are rows.
    """

    id: UploadingId
    status: UploadStatus
    create_time: datetime | None = None
    source_quantity: int | None = None
    """Rows in the file."""
    line_quantity: int | None = None
    """Rows that passed the checks at upload."""
    comment: str | None = None
    client_id_type: str | None = None
    type: str | None = None
    linked_quantity: int | None = None
    user_not_found_quantity: int | None = None
    goal_not_found_quantity: int | None = None
    static_calls_quantity: int | None = None
    """Calls alone: rows that belong to no visit."""
    dynamic_calls_quantity: int | None = None


def in_newest_shape(uploading: Uploading) -> Uploading:
    """An uploading as it is: all fields that are known."""
    return uploading


def in_older_shape(uploading: Uploading) -> Uploading:
    """An uploading with the fields of the older generation alone, for clients that take no others.

    The quantities of calls are of both generations.
    """
    return replace(
        uploading,
        type=None,
        linked_quantity=None,
        user_not_found_quantity=None,
        goal_not_found_quantity=None,
    )


def fault_of_comment(comment: str) -> str | None:
    """What is wrong with a comment, as a sentence; None where nothing is.

    Documented: 255 characters, digits and letters. Clients routinely send blanks, dots, colons
    and hyphens, and they are taken.
    """
    if len(comment) > LONGEST_COMMENT:
        return f"The comment has {len(comment)} characters; {LONGEST_COMMENT} are allowed."
    if not _COMMENT.fullmatch(comment):
        return "The comment may have letters, digits, blanks and . , : ; ( ) + / # - _ only."
    return None
