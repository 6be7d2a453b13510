"""The fixtures, for pytest. Each process of pytest-xdist has sandboxes of its own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from _visitjoin_testing.process import started

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitjoin.testing import Sandbox


@pytest.fixture(scope="session")
def visitjoin_shared_sandbox() -> Iterator[Sandbox]:
    """A sandbox for the whole session: what a test leaves in it, the next one finds."""
    with _running() as sandbox:
        yield sandbox


@pytest.fixture
def visitjoin_sandbox(_visitjoin_sandbox_to_reset: Sandbox) -> Iterator[Sandbox]:
    """A sandbox that is as at its beginning, whatever the test before did to it."""
    yield _visitjoin_sandbox_to_reset
    _visitjoin_sandbox_to_reset.reset()


@pytest.fixture(scope="session")
def _visitjoin_sandbox_to_reset() -> Iterator[Sandbox]:
    """The process behind `visitjoin_sandbox`, apart from the shared one, which is never reset."""
    with _running() as sandbox:
        yield sandbox


@contextmanager
def _running() -> Iterator[Sandbox]:
    with started() as process:
        # The other process loads its engines meanwhile.
        from visitjoin.testing.greeting import greeted  # noqa: PLC0415 - see __init__

        with greeted(process) as sandbox:
            yield sandbox
