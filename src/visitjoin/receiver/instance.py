"""Which receiver is this? A name of its own, made once, by which a sender knows it again.

A new receiver may get the address of an old one, and its first counter has number 1 too. A sender's
ledger says then that everything was sent. So the name lies with the data, and goes with it.
"""

import secrets
from pathlib import Path

from visitjoin.disk.durable import sync


def instance_of(data: Path) -> str:
    """The name of the receiver whose data a folder holds; made where it has none yet."""
    file = data / "instance"
    if not file.exists():
        part = data / "instance.part"
        part.write_text(f"{secrets.token_hex(10)}\n", encoding="ascii")
        sync(part)
        part.replace(file)
        sync(data)
    return file.read_text(encoding="ascii").strip()
