"""The calls of the API for one counter, as descriptions: what is asked, and what the answer is.

Nothing is sent here. `client.Metrica` and `client.AsyncMetrica` do what is described. Calls that
change nothing when repeated are tried again by themselves; creating and uploading are not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

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
from visitjoin.contract.extension import IDEMPOTENCY_KEY
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
    LARGEST_FILE,
    Uploading,
    UploadingId,
    UploadType,
    fault_of_comment,
)
from visitjoin.sender.api.steps import FilePart, Progress, Request, Steps, ask

T = TypeVar("T")

_COUNTERS = "/management/v1/counters"


class _EitherAnswer(Struct, frozen=True):
    """One uploading: pages of the reference print it under either key."""

    uploading: Uploading | None = None
    uploadings: tuple[Uploading, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Calls:
    """The calls of the API for one counter."""

    counter_id: int
    is_yandex: bool
    """Whether the server is Metrica itself, which must not be asked for what only ours has."""

    def counters(self) -> Steps[tuple[Counter, ...]]:
        """The counters that the token may see."""
        return (yield from _get(_COUNTERS, CountersAnswer)).counters

    def counter(self) -> Steps[Counter]:
        """This counter, with its time zone."""
        path = f"/management/v1/counter/{self.counter_id}"
        return (yield from _get(path, CounterAnswer)).counter

    def create_counter(
        self, name: str, *, time_zone_name: str = DEFAULT_TIME_ZONE, site: str = ""
    ) -> Steps[Counter]:
        """Create a counter. time_zone_name: where local times are read, e.g. Europe/Moscow."""
        body = {"counter": {"name": name, "site": site, "time_zone_name": time_zone_name}}
        request = Request(method="POST", path=_COUNTERS, json=body)
        return (yield from ask(request, CounterAnswer)).counter

    def goals(self) -> Steps[tuple[Goal, ...]]:
        """The goals of the counter."""
        return (yield from _get(self._path("goals"), GoalsAnswer)).goals

    def create_goal(self, name: str, target: str) -> Steps[Goal]:
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
        return (yield from ask(request, GoalAnswer)).goal

    def ensure_goal(self, name: str, target: str) -> Steps[tuple[Goal, bool]]:
        """The goal that a Target reaches, created where there is none, and whether it is new."""
        goals = yield from self.goals()
        existing = targets_of(goals).get(target)
        if existing is not None:
            return existing, False
        return (yield from self.create_goal(name, target)), True

    def delete_goal(self, goal: GoalId) -> Steps[None]:
        """Delete a goal."""
        request = Request(method="DELETE", path=self._path(f"goal/{goal}"))
        yield from ask(request, Success, tries_again=True)

    def enable_tracking(
        self,
        since: datetime | None = None,
        *,
        type: UploadType = UploadType.BASIC,  # noqa: A002 - the API's word
    ) -> Steps[None]:
        """Enable the tracking of offline conversions.

        since: from when on visits count, on our receiver; Metrica knows no such thing. A naive
            time is one of the counter's zone. type: calls are tracked apart.

        Raises SettingError where `since` is given and the server is Metrica.
        """
        if since is not None and self.is_yandex:
            raise SettingError("Metrica cannot enable tracking for the past: leave out --since.")
        params = {"since": since.isoformat()} if since else None
        path = self._offline(type.call("extended_threshold"))
        yield from ask(Request(method="POST", path=path, params=params), Success)

    def disable_tracking(
        self,
        *,
        type: UploadType = UploadType.BASIC,  # noqa: A002 - the API's word
    ) -> Steps[None]:
        """Disable the tracking of offline conversions. type: calls are tracked apart."""
        path = self._offline(type.call("extended_threshold"))
        yield from ask(Request(method="DELETE", path=path), Success, tries_again=True)

    def join_threshold(
        self,
        *,
        type: UploadType = UploadType.BASIC,  # noqa: A002 - the API's word
    ) -> Steps[datetime]:
        """The earliest start of a visit to which a conversion can still be joined; aware, UTC.

        type: calls are tracked apart.
        """
        path = self._offline(type.call("visit_join_threshold"))
        answer = yield from _get(path, JoinThreshold)
        return _moment(answer.date, path)

    def upload(
        self,
        file: Path,
        *,
        comment: str = "",
        client_id_type: IdentifierKind | None = None,
        type: UploadType | None = None,  # noqa: A002 - the API's word
        new_goal_name: str = "",
        batch: str | None = None,
        on_progress: Progress | None = None,
        tries_again: bool = False,
    ) -> Steps[Uploading]:
        """Upload a CSV of conversions, once; it streams from disk. See `batch.upload_once`.

        file: UTF-8, with the API's header. comment: at most 255 characters. client_id_type: the
        one kind of identifier in the file, for the older generation of the API. type: what the
        rows are, for the newer one; calls go by a call of their own in both. new_goal_name: of the
        goal of calls, where the counter has none. batch: named in errors, and to the server as the
        `Idempotency-Key`: our receiver answers a repeated key with the uploading that it has,
        and Metrica does not look at it. on_progress: told the bytes sent. tries_again: whether
        to send it again where it was surely not taken.

        Raises SettingError where the file or the comment is more than the API takes; Refused,
        TryLater, or OutcomeUnknown where it may have been taken.
        """
        _check_upload(file, comment)
        named = {"comment": comment, "client_id_type": client_id_type}
        named |= {"new_goal_name": new_goal_name} if type is UploadType.CALLS else {"type": type}
        request = Request(
            method="POST",
            path=self._offline((type or UploadType.BASIC).call("upload")),
            params={name: str(value) for name, value in named.items() if value},
            headers={IDEMPOTENCY_KEY: batch} if batch else None,
            file=FilePart(path=file, content_type="text/csv", on_progress=on_progress),
            batch=batch,
        )
        return (yield from ask(request, UploadingAnswer, tries_again=tries_again)).uploading

    def uploadings(
        self,
        *,
        limit: int = DEFAULT_LIMIT,
        offset: int = 0,
        type: UploadType | None = None,  # noqa: A002 - the API's word
    ) -> Steps[tuple[Uploading, ...]]:
        """The uploadings of the counter. limit, offset: rows of the list, from 0.

        type: of what; None leaves it to the server's default.
        """
        params: dict[str, str | int] = {"limit": limit, "offset": offset}
        params |= {"type": type.value} if type and type is not UploadType.CALLS else {}
        path = self._offline((type or UploadType.BASIC).call("uploadings"))
        return (yield from _get(path, UploadingsAnswer, params)).uploadings

    def uploading(
        self,
        uploading_id: UploadingId,
        *,
        type: UploadType = UploadType.BASIC,  # noqa: A002 - the API's word
    ) -> Steps[Uploading]:
        """One uploading as it stands now. type: what its rows are."""
        path = self._offline(f"{type.call('uploading')}/{uploading_id}")
        answer = yield from _get(path, _EitherAnswer)
        found = answer.uploading or next(iter(answer.uploadings), None)
        if found is None:
            raise Refused("the answer holds no uploading", method="GET", path=path)
        return found

    def _path(self, rest: str) -> str:
        return f"/management/v1/counter/{self.counter_id}/{rest}"

    def _offline(self, rest: str) -> str:
        return self._path(f"offline_conversions/{rest}")


def _get(path: str, expected: type[T], params: Mapping[str, str | int] | None = None) -> Steps[T]:
    request = Request(method="GET", path=path, params=params)
    return ask(request, expected, tries_again=True)


def _check_upload(file: Path, comment: str) -> None:
    if fault := fault_of_comment(comment):
        raise SettingError(fault)
    if not file.is_file():
        raise SettingError(f"There is no file {file}.")
    if (size := file.stat().st_size) > LARGEST_FILE:
        raise SettingError(f"{file} has {size:,} bytes; the API takes {LARGEST_FILE:,}. Split it.")


def _moment(text: str, path: str) -> datetime:
    """A date or a date-time, whichever the server writes; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(f"{text!r} is not a date", method="GET", path=path) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
