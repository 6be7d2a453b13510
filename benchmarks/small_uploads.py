"""How many small uploads a second are accepted durably, and how fast is a status read?

    .venv/bin/python benchmarks/small_uploads.py [--seconds 20] [--rows 100] [--clients 8]

Clients upload files of 100 rows to a receiver on this machine, each over a connection of its own
that stays open, one after the other; every answer means that the file is checked, synced and
written down. The receiver links meanwhile what it took. Then, with nothing else to do, its answers
to `GET uploading/{id}` are counted, and in turn with them those of a bare handler of the same
framework on the same server that answers a fixed object of the same size. The bars: at least 100
uploads a second; at least half as many status reads as of the bare handler.
"""

import http.client
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cyclopts import run
from running import (
    BOUNDARY,
    HEAD,
    TAIL,
    Receiver,
    generate,
    running_bare,
    running_receiver,
)

UPLOADS: Final = 100
"""A second, at least."""
OF_THE_BARE: Final = 0.5
ROUNDS: Final = 7
"""Of either in turn, so that what else the machine does in the meantime slows both."""

PATH: Final = "/management/v1/counter/1/offline_conversions"

BARE: Final = """
import sys
from granian.constants import Interfaces
from granian import Granian
from litestar import Litestar, get

@get("/{number:int}", sync_to_thread=False)
def answer(number: int) -> dict[str, object]:
    return {"uploading": {"id": number, "create_time": "2026-11-25T10:00:00Z",
            "status": "PROCESSED", "source_quantity": 100, "line_quantity": 98,
            "linked_quantity": 0, "comment": "",
            "user_not_found_quantity": 98, "goal_not_found_quantity": 0, "type": "BASIC",
            "client_id_type": "CLIENT_ID"}}

app = Litestar([answer], openapi_config=None)

if __name__ == "__main__":
    port = int(sys.argv[1])
    Granian("bare:app", address="127.0.0.1", port=port, interface=Interfaces.ASGI).serve()
"""


def main(*, seconds: float = 20, rows: int = 100, clients: int = 8) -> None:
    """Measure, print, and fail where a bar is missed."""
    with TemporaryDirectory(prefix="visitjoin-small-") as name:
        folder = Path(name)
        body = HEAD + _small(folder, rows) + TAIL
        with running_receiver(folder / "data") as receiver:
            _uploads(receiver, body, clients=clients, seconds=2)
            uploads = _uploads(receiver, body, clients=clients, seconds=seconds)
            waited = _until_rest(receiver)
            with running_bare(folder, BARE) as port:
                ours = (receiver.port, f"{PATH}/uploading/1", receiver.token)
                rounds = [
                    (_reads(*ours, clients), _reads(port, "/1", "", clients)) for _ in range(ROUNDS)
                ]
    reads, bare = (statistics.median(rates) for rates in zip(*rounds, strict=True))
    ratio = statistics.median(one / other for one, other in rounds)
    print(
        f"uploads of {rows} rows   {uploads:8.0f} a second, {clients} clients  (at least {UPLOADS})"
    )
    print(f"and linked             {waited:8.1f} s after the last of them")
    print(f"status reads           {reads:8.0f} a second")
    print(f"a bare handler         {bare:8.0f} a second")
    print(f"ratio                  {ratio:8.2f} (at least {OF_THE_BARE})")
    sys.exit(0 if uploads >= UPLOADS and ratio >= OF_THE_BARE else 1)


def _small(folder: Path, rows: int) -> bytes:
    file, _ = generate(folder, 1)
    with file.open("rb") as lines:
        return b"".join(lines.readline() for _ in range(rows + 1))


def _uploads(receiver: Receiver, body: bytes, *, clients: int, seconds: float) -> float:
    headers = {
        "Authorization": f"OAuth {receiver.token}",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
    }
    upload = partial(_ask, "POST", f"{PATH}/upload", body, headers)
    return _a_second(receiver.port, upload, clients=clients, seconds=seconds)


def _reads(port: int, path: str, token: str, clients: int) -> float:
    read = partial(_ask, "GET", path, None, {"Authorization": f"OAuth {token}"})
    return _a_second(port, read, clients=clients, seconds=2)


def _ask(
    method: str,
    path: str,
    body: bytes | None,
    headers: dict[str, str],
    link: http.client.HTTPConnection,
) -> None:
    link.request(method, path, body, headers)
    answer = link.getresponse()
    said = answer.read()
    assert answer.status == 200, said


def _a_second(
    port: int, ask: Callable[[http.client.HTTPConnection], None], *, clients: int, seconds: float
) -> float:
    """How often a second `clients` of them at once are answered."""
    end = time.perf_counter() + seconds

    def keep_asking(_: int) -> int:
        link = http.client.HTTPConnection("127.0.0.1", port)
        done = 0
        while time.perf_counter() < end:
            ask(link)
            done += 1
        link.close()
        return done

    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as threads:
        done = sum(threads.map(keep_asking, range(clients)))
    return done / (time.perf_counter() - begun)


def _until_rest(receiver: Receiver) -> float:
    begun = time.perf_counter()
    receiver.until_rest()
    return time.perf_counter() - begun


if __name__ == "__main__":
    run(main)
