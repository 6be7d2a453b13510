"""One way of a client through the API: a counter with visits, and files that belong to them."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeAlias

from tests.clients.certificate import Certificate
from tests.clients.clients import SENDS_FILES, Client
from tests.clients.environments import NotHere, python_of
from tests.conftest import Running
from visitjoin.contract.uploads import UploadType
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.receiver import Receiver

_CHECKOUT: Final = Path(__file__).parent.parent.parent
_PATIENCE: Final = 120
"""Seconds for a whole journey, which takes about three."""

BUYER: Final = "1700000000123456789"
CLICKER: Final = "1700000000555555555"
CLICK: Final = "1122334455667788990"
STRANGER: Final = "1700000000999999999"

Json: TypeAlias = Any
"""An answer as it came."""


@dataclass(frozen=True)
class Told:
    """What a client made of one answer. `raised` is empty where it raised no error."""

    status: int
    answer: Json
    raised: str


@dataclass(frozen=True)
class Journey:
    """What a client saw, call by call, and what there was before it began."""

    counter: int
    tracked_since: datetime
    told: dict[str, tuple[Told, ...]]

    def all(self, call: str) -> tuple[Told, ...]:
        """What a call answered, each time that it was made."""
        return self.told[call]

    def one(self, call: str) -> Told:
        """What a call answered that was made once."""
        (told,) = self.told[call]
        return told

    def answer(self, call: str) -> Json:
        """The body of a call that was made once and went well."""
        told = self.one(call)
        assert (told.status, told.raised) == (200, "")
        return told.answer


@dataclass(frozen=True)
class Road:
    """Where a client's calls go: to the receiver, through the proxy."""

    receiver: Running
    proxy: str
    certificate: Certificate

    def travel(self, client: Client, folder: Path) -> str:
        """Take a client along, in an empty folder. Returns what `read` reads.

        Raises NotHere where this machine does not have the client.
        """
        command = self._command(client)
        since = datetime.now(UTC).replace(microsecond=0) - timedelta(days=20)
        with self.receiver.shop(tracked_days=None) as shop:
            _visits_and_files(shop, folder, since)
            if SENDS_FILES not in client.calls:
                _send_files(shop, folder)
            ended = _run(command, self._environment(shop.counter_id, folder))
        assert ended.returncode == 0, ended.stdout + ended.stderr
        before = {"counter": shop.counter_id, "tracked_since": since.isoformat()}
        return json.dumps(before) + "\n" + ended.stdout

    def without_trust(self, client: Client, folder: Path) -> subprocess.CompletedProcess[str]:
        """Let a client go whom nobody told to trust the certificate."""
        environment = self._environment(1, folder)
        trust = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
        kept = {name: value for name, value in environment.items() if name not in trust}
        command = [word for word in self._command(client) if not word.startswith("curl.cainfo")]
        return _run([word for word in command if word != "-d"], kept)

    def _command(self, client: Client) -> list[str]:
        if not client.pins:
            _look_for(client.command[0])
        python = python_of(client) if client.pins else None
        here = {"python": python, "certificate": self.certificate.public}
        return [word.format(**here) for word in client.command]

    def _environment(self, counter: int, folder: Path) -> dict[str, str]:
        """All that a client is told. Nothing of ours: neither our modules nor our settings."""
        trusted = str(self.certificate.public)
        return {
            "PATH": os.environ["PATH"],
            "HTTPS_PROXY": self.proxy,
            "SSL_CERT_FILE": trusted,
            "REQUESTS_CA_BUNDLE": trusted,
            "CURL_CA_BUNDLE": trusted,
            "TOKEN": self.receiver.token,
            "COUNTER": str(counter),
            "FOLDER": str(folder),
        }


def read(text: str) -> Journey:
    """What `Road.travel` returned."""
    before, *lines = map(json.loads, text.splitlines())
    told: dict[str, tuple[Told, ...]] = {}
    for line in lines:
        seen = Told(status=line["status"], answer=line["answer"], raised=line["raised"])
        told[line["call"]] = (*told.get(line["call"], ()), seen)
    return Journey(
        counter=before["counter"],
        tracked_since=datetime.fromisoformat(before["tracked_since"]),
        told=told,
    )


def _visits_and_files(shop: Metrica, folder: Path, since: datetime) -> None:
    """Two visits, and a file for each thing that a client does with them."""
    for type_ in (UploadType.BASIC, UploadType.CALLS):
        shop.enable_tracking(since=since, type=type_)
    visited = int((since + timedelta(days=15)).timestamp())
    later = visited + 86_400
    files = {
        "visits.csv": (
            "visit_id,client_id,yclid,started_at",
            f"v1,{BUYER},,{visited}",
            f"v2,{CLICKER},{CLICK},{visited}",
        ),
        # The older generation: one kind of identifier. A row for each fate.
        "older.csv": (
            "ClientId,Target,DateTime,Price,Currency",
            f"{BUYER},deal_closed,{later},990.50,RUB",
            f"{STRANGER},deal_closed,{later},10,RUB",
            f"{BUYER},no_such_goal,{later},20,RUB",
            f"{BUYER},deal_closed,yesterday,30,RUB",
        ),
        # The newer one: any identifiers, and Target first as its page lists the columns.
        "newer.csv": (
            "Target,DateTime,ClientId,UserId,Yclid,PurchaseId,Price,Currency",
            f"deal_closed,{later + 60},{BUYER},,,,100,RUB",
            f"deal_closed,{later + 60},,,{CLICK},,200.25,RUB",
        ),
        "yclids.csv": ("Yclid,Target,DateTime,Price", f"{CLICK},deal_closed,{later + 120},5"),
        "calls.csv": (
            "ClientId,DateTime,StaticCall,PhoneNumber,TalkDuration",
            f"{BUYER},{later},0,+70123456789,120",
            f"{BUYER},{later},1,+70123456789,5",
        ),
        "no_target.csv": ("ClientId,DateTime", f"{BUYER},{later}"),
    }
    for name, lines in files.items():
        (folder / name).write_text("\n".join((*lines, "")), "utf-8")
    Receiver(shop).import_visits(folder / "visits.csv")


def _send_files(shop: Metrica, folder: Path) -> None:
    """Send what a client that cannot send then follows. The goal is not there yet."""
    shop.create_goal("Deal closed already", "deal_closed")
    for name in ("older.csv", "newer.csv"):
        shop.upload(folder / name)
    shop.upload(folder / "calls.csv", type=UploadType.CALLS)


def _look_for(program: str) -> None:
    if shutil.which(program) is None:
        raise NotHere(f"{program} is not on this machine.")
    if program == "php" and "curl" not in _run(["php", "-m"], dict(os.environ)).stdout.split():
        raise NotHere("php is on this machine without its cURL; Debian's package is php-curl.")


def _run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=_CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
