"""What a piece of work wants done, without doing it: a generator of steps.

Whatever talks to a server is written once, as a generator that yields a request to be made or a
pause to be kept, and is sent the answer. `transport` does the steps, waiting or awaiting.

    def ensure_goal(self, name: str, target: str) -> Steps[Goal]:
        goals = yield from self.goals()
        ...
"""

from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeAlias, TypeVar

from visitjoin.contract.errors import ApiError

T = TypeVar("T")

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many bytes were sent, of how many."""


@dataclass(frozen=True, kw_only=True)
class FilePart:
    """A file that travels as the one part of a multipart body, and streams from disk."""

    path: Path
    content_type: str
    on_progress: Progress | None = None


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request to be made. `path` is without the host and the query."""

    method: str
    path: str
    params: Mapping[str, str | int] | None = None
    headers: Mapping[str, str] | None = None
    json: Any = None
    file: FilePart | None = None
    """What is uploaded."""
    is_slow: bool = False
    """Whether the server may think longer before it answers, as it may after an upload."""
    batch: str | None = None
    """Id of the batch that an upload carries."""


@dataclass(frozen=True)
class Ask(Generic[T]):
    """Make a request; its answer is JSON of this type."""

    request: Request
    expected: type[T]
    tries_again: bool
    """Whether it is made again by itself where it was surely not taken."""


@dataclass(frozen=True)
class Download:
    """Make a request; its answer becomes a file, which appears whole or not at all."""

    request: Request
    to: Path
    ends_with: bytes
    """The last bytes of a whole file: half of one may come with every sign of success."""
    tries_again: bool = True


@dataclass(frozen=True)
class Pause:
    """Let so many seconds pass."""

    seconds: float


Step: TypeAlias = Ask[Any] | Download | Pause

Steps: TypeAlias = Generator[Step, Any, T]
"""Work that ends with a T."""


def ask(request: Request, expected: type[T], *, tries_again: bool = False) -> Steps[T]:
    """Make a request, and go on with its answer. Raises what `transport` does."""
    answer: T = yield Ask(request, expected, tries_again)
    return answer


def download(request: Request, to: Path, *, ends_with: bytes) -> Steps[None]:
    """Make a request, and go on when its answer is a file. Raises what `transport` does.

    ends_with: the last bytes of a whole file.
    """
    yield Download(request, to, ends_with)


def pause(seconds: float) -> Steps[None]:
    """Let so many seconds pass, and go on."""
    yield Pause(seconds)


def run(steps: Steps[T], do: Callable[[Step], Any]) -> T:
    """Do the steps one by one; what a step raises reaches the work, which may know better."""
    proceed = partial(next, steps)
    try:
        while True:
            step = proceed()
            try:
                proceed = partial(steps.send, do(step))
            except ApiError as error:
                proceed = partial(steps.throw, error)
    except StopIteration as end:
        result: T = end.value
        return result


async def run_async(steps: Steps[T], do: Callable[[Step], Awaitable[Any]]) -> T:
    """`run`, awaiting each step."""
    proceed = partial(next, steps)
    try:
        while True:
            step = proceed()
            try:
                proceed = partial(steps.send, await do(step))
            except ApiError as error:
                proceed = partial(steps.throw, error)
    except StopIteration as end:
        result: T = end.value
        return result
