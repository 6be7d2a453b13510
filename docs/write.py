"""Writes what of docs is made from the code: `.venv/bin/python docs/write.py`.

A test holds it against the code, so that a command, an option or a call cannot be forgotten.
"""

import re
from pathlib import Path
from typing import Final

from visitjoin.cli.app import app
from visitjoin.receiver.door.rights import RIGHTS, RIGHTS_IN_SANDBOX

REFERENCE: Final = Path(__file__).parent / "reference"
OPTIONS: Final = REFERENCE / "options.md"
TOKENS: Final = REFERENCE / "tokens.md"


def options() -> str:
    """Every command with every option, from the command line's own help."""
    return app.generate_docs(output_format="markdown").replace("# visitjoin\n", _HEAD, 1)


_HEAD: Final = """# Every option

Made from the code by `docs/write.py`; `visitjoin COMMAND --help` says the same. An overview is in
[commands.md](commands.md).
"""


def tokens() -> str:
    """The page of tokens, with its table of calls and scopes as the code has it."""
    page = TOKENS.read_text(encoding="utf-8")
    rows = "".join(
        f"| `{method} {path}` | {' or '.join(f'`{scope}`' for scope in sorted(right.value))} |\n"
        for (method, path), right in (RIGHTS | RIGHTS_IN_SANDBOX).items()
    )
    return re.sub(r"(?<=\| --- \| --- \|\n)(\| `[A-Z]+ /.+\n)*(?=\n)", rows, page, count=1)


if __name__ == "__main__":
    OPTIONS.write_text(options(), encoding="utf-8")
    TOKENS.write_text(tokens(), encoding="utf-8")
