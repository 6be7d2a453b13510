"""Does anybody still listen?"""

import socket
import time
from urllib.parse import urlsplit


def gone(address: str) -> bool:
    """Whether nobody listens at an address, or soon nobody does any more."""
    parts = urlsplit(address)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection((parts.hostname or "", parts.port or 0)).close()
        except ConnectionRefusedError:
            return True
        time.sleep(0.02)
    return False
