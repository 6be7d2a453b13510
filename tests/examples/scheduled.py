"""The command lines that the examples of scheduled runs hold."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SYSTEMD = ROOT / "examples" / "systemd"
CRON = ROOT / "examples" / "cron" / "visitjoin"
INSTALLED = "/opt/visitjoin/bin/visitjoin"


def commands_in(text: str) -> list[str]:
    """What follows the installed command on each line that calls it."""
    return re.findall(rf"{INSTALLED} (.+)", text)
