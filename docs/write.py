"""Writes the pages of docs that are made from the code: `.venv/bin/python docs/write.py`.

A test holds them against the code, so that a command or an option cannot be forgotten.
"""

from pathlib import Path
from typing import Final

from visitjoin.cli.app import app

OPTIONS: Final = Path(__file__).parent / "reference" / "options.md"


def options() -> str:
    """Every command with every option, from the command line's own help."""
    return app.generate_docs(output_format="markdown").replace("# visitjoin\n", _HEAD, 1)


_HEAD: Final = """# Every option

Made from the code by `docs/write.py`; `visitjoin COMMAND --help` says the same. An overview is in
[commands.md](commands.md).
"""

if __name__ == "__main__":
    OPTIONS.write_text(options(), encoding="utf-8")
