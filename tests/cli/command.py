"""Running a command in this process, as a shell would in one of its own.

A process takes most of a second to load what a command needs. Where a test is about signals,
terminals, streams or logs it starts a real one.
"""

import os
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from visitjoin.cli.app import main


def run(*words: str, folder: Path, variables: Mapping[str, str], code: int = 0) -> str:
    """Run `visitjoin`, expect its exit code, and return both of its outputs.

    folder: where it runs. variables: what its environment has beside this one's.
    """
    printed = StringIO()
    ended: object = None
    with (
        chdir(folder),
        patch.dict(os.environ, variables),
        redirect_stdout(printed),
        redirect_stderr(printed),
    ):
        try:
            main(words)
        except SystemExit as end:
            ended = end.code
    assert (ended or 0) == code, printed.getvalue()
    return printed.getvalue()
