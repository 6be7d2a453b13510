"""How does a coroutine ask the catalog?

SQLite is a library in this process, and its readers never wait for a writer: a row is read in some
50 microseconds, and a trip to a thread and back takes longer. PostgreSQL is asked over a network.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from visitjoin.receiver.catalog.opening import Catalog

T = TypeVar("T")
P = ParamSpec("P")


async def ask(
    question: Callable[Concatenate[Catalog, P], T],
    catalog: Catalog,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """The answer of a question that reads one row or a few: never one that writes."""
    asked = partial(question, catalog, *args, **kwargs)
    return asked() if is_asked_at_once(catalog) else await asyncio.to_thread(asked)


def is_asked_at_once(catalog: Catalog) -> bool:
    """Whether a catalog is a library in this process, which keeps no event loop waiting."""
    return catalog.dialect.name == "sqlite"
