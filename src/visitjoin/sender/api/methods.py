"""A call described once becomes a method of two clients: one that waits, one that is awaited.

The signature and the docstring are those of the description, for people and for type checkers.
"""

import inspect
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, get_args

from visitjoin.sender.api.steps import Steps

T = TypeVar("T")
P = ParamSpec("P")
Method = TypeVar("Method", bound=Callable[..., Any])
Calls = TypeVar("Calls")
Calls_co = TypeVar("Calls_co", covariant=True)


class Waits(Protocol[Calls_co]):
    """A client whose methods wait for the answer."""

    @property
    def calls(self) -> Calls_co:
        """The descriptions of its calls."""

    def run(self, steps: Steps[T]) -> T:
        """Do the work, step by step."""


class Awaits(Protocol[Calls_co]):
    """A client whose methods are awaited."""

    @property
    def calls(self) -> Calls_co:
        """The descriptions of its calls."""

    def run(self, steps: Steps[T]) -> Coroutine[Any, Any, T]:
        """Do the work, step by step."""


def waiting(
    call: Callable[Concatenate[Calls, P], Steps[T]],
) -> Callable[Concatenate[Waits[Calls], P], T]:
    """The method of a client that waits."""

    @wraps(call)
    def method(self: Waits[Calls], /, *args: P.args, **options: P.kwargs) -> T:
        return self.run(call(self.calls, *args, **options))

    return _signed(method, call)


def awaited(
    call: Callable[Concatenate[Calls, P], Steps[T]],
) -> Callable[Concatenate[Awaits[Calls], P], Coroutine[Any, Any, T]]:
    """The method of a client whose methods are awaited."""

    @wraps(call)
    async def method(self: Awaits[Calls], /, *args: P.args, **options: P.kwargs) -> T:
        return await self.run(call(self.calls, *args, **options))

    return _signed(method, call)


def _signed(method: Method, call: Callable[..., Any]) -> Method:
    """Let `help` say what the method returns, which is what the work ends with."""
    signature = inspect.signature(call)
    _, _, ends_with = get_args(signature.return_annotation)
    vars(method)["__signature__"] = signature.replace(return_annotation=ends_with)
    return method
