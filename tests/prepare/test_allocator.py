"""What a process keeps of the memory that was freed."""

import os
import subprocess
import sys
from typing import Final

ASKED: Final = "import os, visitjoin; print(os.environ['_RJEM_MALLOC_CONF'])"


def test_polars_is_told_to_give_freed_memory_back() -> None:
    # Polars writes its own options in front of those that it finds when it is imported.
    assert _options().endswith(",dirty_decay_ms:100,muzzy_decay_ms:0")


def test_what_a_user_has_set_stays() -> None:
    assert _options(_RJEM_MALLOC_CONF="dirty_decay_ms:7").endswith(",dirty_decay_ms:7")


def _options(**variables: str) -> str:
    others = {name: value for name, value in os.environ.items() if name != "_RJEM_MALLOC_CONF"}
    return subprocess.run(
        [sys.executable, "-c", ASKED],
        env=others | variables,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
