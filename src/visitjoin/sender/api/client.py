"""A client of the API: one method for each call, typed answers, errors that say what to do."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TypeVar

import msgspec
from msgspec import Struct

from visitjoin.contract.answers import (
    CounterAnswer,
    CountersAnswer,
    GoalAnswer,
    GoalsAnswer,
    JoinThreshold,
    Success,
    UploadingAnswer,
    UploadingsAnswer,
)
from visitjoin.contract.counters import DEFAULT_TIME_ZONE, Counter
from visitjoin.contract.errors import Refused, SettingError
from visitjoin.contract.goals import (
    JAVASCRIPT_EVENT,
    Condition,
    ConditionType,
    Goal,
    GoalId,
    fault_of_target,
    targets_of,
)
from visitjoin.contract.identifiers import IdentifierKind
from visitjoin.contract.uploads import (
    DEFAULT_LIMIT,
    FILE_PART,
    LARGEST_FILE,
    Uploading,
    UploadingId,
    UploadType,
    fault_of_comment,
)
from visitjoin.sender.api.retry import retrying
from visitjoin.sender.api.transport import METRICA, METRICA_HOSTS, Request, Transport, server_of

T = TypeVar("T")

Progress = Callable[[int, int], None]
"""Told how many bytes were sent, of how many."""


class _EitherAnswer(Struct, frozen=True):
    """One uploading: pages of the reference print it under either key."""

    uploading: Uploading | None = None
    uploadings: tuple[Uploading, ...] = ()


class Metrica:
    """A counter of Yandex.Metrica, or of a receiver that speaks its API.

    Use it in a `with` statement, or close it. Calls that change nothing when repeated are tried
    again by themselves; creating and uploading are not.
    """

    def __init__(self, *, counter: int, token: str, base_url: str = METRICA) -> None:
        """Prepare to talk to a server; nothing is sent yet.

        counter: its number; 0 for calls that need none. token: an OAuth token. base_url: the
        server's address; the only difference between Metrica and a receiver of one's own.

        Raises SettingError where the address or the token cannot be one.
        """
        if not token or any(character.isspace() for character in token):
            raise SettingError("The token is empty or has blanks in it.")
        self.counter_id = counter
        self.server = server_of(base_url)
        """The server's name, by which a ledger knows it; one for all of Yandex's own hosts."""
        self.transport = Transport(base_url, token)

    def __repr__(self) -> str:
        return f"Metrica(counter={self.counter_id}, host={self.transport.host!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; a `with` statement does it by itself."""
        self.transport.close()

    @property
    def is_yandex(self) -> bool:
        """Whether the server is Yandex.Metrica itself, which has nothing beyond the API."""
        return self.transport.host in METRICA_HOSTS

    def counters(self) -> tuple[Counter, ...]:
        """The counters that the token may see."""
        return self._get("/management/v1/counters", CountersAnswer).counters

    def counter(self) -> Counter:
        """This counter, with its time zone."""
        return self._get(f"/management/v1/counter/{self.counter_id}", CounterAnswer).counter

    def create_counter(
        self, name: str, *, time_zone_name: str = DEFAULT_TIME_ZONE, site: str = ""
    ) -> Counter:
        """Create a counter. time_zone_name: where local times are read, e.g. Europe/Moscow."""
        body = {"counter": {"name": name, "site": site, "time_zone_name": time_zone_name}}
        request = Request(method="POST", path="/management/v1/counters", json=body)
        return self.transport.ask(request, CounterAnswer).counter

    def goals(self) -> tuple[Goal, ...]:
        """The goals of the counter."""
        return self._get(self._path("goals"), GoalsAnswer).goals

    def create_goal(self, name: str, target: str) -> Goal:
        """Create a JavaScript-event goal.

        name: what people see. target: the event's identifier, which the column Target names.

        Raises SettingError where the identifier has a character that it must not have.
        """
        if fault := fault_of_target(target):
            raise SettingError(fault)
        goal = {
            "name": name,
            "type": JAVASCRIPT_EVENT,
            "conditions": [Condition(type=ConditionType.EXACT, url=target)],
        }
        body = msgspec.to_builtins({"goal": goal})
        request = Request(method="POST", path=self._path("goals"), json=body)
        return self.transport.ask(request, GoalAnswer).goal

    def ensure_goal(self, name: str, target: str) -> tuple[Goal, bool]:
        """The goal that a Target reaches, created where there is none, and whether it is new."""
        existing = targets_of(self.goals()).get(target)
        if existing is not None:
            return existing, False
        return self.create_goal(name, target), True

    def delete_goal(self, goal: GoalId) -> None:
        """Delete a goal."""
        request = Request(method="DELETE", path=self._path(f"goal/{goal}"))
        retrying(lambda: self.transport.ask(request, Success))

    def enable_tracking(self, since: datetime | None = None) -> None:
        """Enable the tracking of offline conversions.

        since: from when on visits count, on our receiver; Metrica knows no such thing. A naive
            time is one of the counter's zone.

        Raises SettingError where `since` is given and the server is Metrica.
        """
        if since is not None and self.is_yandex:
            raise SettingError("Metrica cannot enable tracking for the past: leave out --since.")
        params = {"since": since.isoformat()} if since else None
        request = Request(method="POST", path=self._offline("extended_threshold"), params=params)
        self.transport.ask(request, Success)

    def disable_tracking(self) -> None:
        """Disable the tracking of offline conversions."""
        request = Request(method="DELETE", path=self._offline("extended_threshold"))
        retrying(lambda: self.transport.ask(request, Success))

    def join_threshold(self) -> datetime:
        """The earliest start of a visit to which a conversion can still be joined; aware, UTC."""
        path = self._offline("visit_join_threshold")
        return _moment(self._get(path, JoinThreshold).date, path)

    def upload(
        self,
        file: Path,
        *,
        comment: str = "",
        client_id_type: IdentifierKind | None = None,
        type: UploadType | None = None,  # noqa: A002 - the API's word
        batch: str | None = None,
        on_progress: Progress | None = None,
    ) -> Uploading:
        """Upload a CSV of conversions, once; it streams from disk. See `batch.upload_once`.

        file: UTF-8, with the API's header. comment: at most 255 characters. client_id_type: the
        one kind of identifier in the file, for the older generation of the API. type: what the
        rows are, for the newer one. batch: named in errors. on_progress: told the bytes sent.

        Raises SettingError where the file or the comment is more than the API takes; Refused,
        TryLater, or OutcomeUnknown where it may have been taken.
        """
        if fault := fault_of_comment(comment):
            raise SettingError(fault)
        if not file.is_file():
            raise SettingError(f"There is no file {file}.")
        if (size := file.stat().st_size) > LARGEST_FILE:
            raise SettingError(
                f"{file} has {size:,} bytes; the API takes {LARGEST_FILE:,}. Split it."
            )
        named = {"comment": comment, "client_id_type": client_id_type, "type": type}
        with file.open("rb") as body:
            watched = _Watched(body, size, on_progress) if on_progress else body
            request = Request(
                method="POST",
                path=self._offline("upload"),
                params={name: str(value) for name, value in named.items() if value},
                files={FILE_PART: (file.name, watched, "text/csv")},
                batch=batch,
                is_upload=True,
            )
            return self.transport.ask(request, UploadingAnswer).uploading

    def uploadings(self, *, limit: int = DEFAULT_LIMIT, offset: int = 0) -> tuple[Uploading, ...]:
        """The uploadings of the counter. limit, offset: rows of the list, from 0."""
        path = self._offline("uploadings")
        params = {"limit": limit, "offset": offset}
        return self._get(path, UploadingsAnswer, params).uploadings

    def uploading(self, uploading_id: UploadingId) -> Uploading:
        """One uploading as it stands now."""
        path = self._offline(f"uploading/{uploading_id}")
        answer = self._get(path, _EitherAnswer)
        found = answer.uploading or next(iter(answer.uploadings), None)
        if found is None:
            raise Refused("the answer holds no uploading", method="GET", path=path)
        return found

    def _get(self, path: str, expected: type[T], params: dict[str, int] | None = None) -> T:
        request = Request(method="GET", path=path, params=params)
        return retrying(lambda: self.transport.ask(request, expected))

    def _path(self, rest: str) -> str:
        return f"/management/v1/counter/{self.counter_id}/{rest}"

    def _offline(self, rest: str) -> str:
        return self._path(f"offline_conversions/{rest}")


class _Watched:
    """A file that tells how much of it was read."""

    def __init__(self, file: BinaryIO, size: int, on_progress: Progress) -> None:
        self._file = file
        self._size = size
        self._on_progress = on_progress

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self._on_progress(self._file.tell(), self._size)
        return chunk

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def fileno(self) -> int:
        return self._file.fileno()


def _moment(text: str, path: str) -> datetime:
    """A date or a date-time, whichever the server writes; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(f"{text!r} is not a date", method="GET", path=path) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
