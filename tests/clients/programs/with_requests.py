"""What the current guide shows for Python: requests, one form with one part named `file`."""

import os
import time
from pathlib import Path
from typing import Any

import requests

from tests.clients.programs.telling import tell

FOLDER = Path(os.environ["FOLDER"])
API = "https://api-metrika.yandex.net/management/v1"
COUNTER = f"{API}/counter/{os.environ['COUNTER']}"
CONVERSIONS = f"{COUNTER}/offline_conversions"
TOKEN = {"Authorization": f"OAuth {os.environ['TOKEN']}"}
LAST = ("PROCESSED", "LINKAGE_FAILURE")
GOAL = {
    "name": "Deal closed",
    "type": "action",
    "conditions": [{"type": "exact", "url": "deal_closed"}],
}


def call(name: str, url: str, headers: dict[str, str] = TOKEN, **request: Any) -> Any:
    answer = requests.request(name.partition(" ")[0], url, headers=headers, timeout=60, **request)
    try:
        answer.raise_for_status()
    except requests.HTTPError as error:
        tell(name, answer.status_code, answer.json(), type(error).__name__)
    else:
        tell(name, answer.status_code, answer.json())
    return answer.json()


def form(file: str) -> dict[str, str]:
    """As the guide does it: text, with neither a file's name nor a type."""
    return {"file": (FOLDER / file).read_text("utf-8")}


def follow(uploading_id: int) -> None:
    url = f"{CONVERSIONS}/uploading/{uploading_id}"
    while requests.get(url, headers=TOKEN, timeout=60).json()["uploading"]["status"] not in LAST:
        time.sleep(0.05)
    call("GET uploading", url)


call("GET counters", f"{API}/counters")
call("GET counter", COUNTER, params={"field": "goals"})
call("POST goals", f"{COUNTER}/goals", json={"goal": GOAL})
call("GET goals", f"{COUNTER}/goals")
call("POST extended_threshold", f"{CONVERSIONS}/extended_threshold")
call("GET visit_join_threshold", f"{CONVERSIONS}/visit_join_threshold")
older = call(
    "POST upload?client_id_type",
    f"{CONVERSIONS}/upload",
    params={"client_id_type": "CLIENT_ID", "comment": "older generation"},
    files=form("older.csv"),
)
newer = call(
    "POST upload",
    f"{CONVERSIONS}/upload",
    params={"comment": "newer generation"},
    files=form("newer.csv"),
)
follow(older["uploading"]["id"])
follow(newer["uploading"]["id"])
call("GET uploadings", f"{CONVERSIONS}/uploadings", params={"limit": 2, "offset": 0})
call("GET goals: wrong token", f"{COUNTER}/goals", {"Authorization": "OAuth of-nobody"})
call("GET goals: no such counter", f"{API}/counter/999999/goals")
call("POST upload: no Target", f"{CONVERSIONS}/upload", files=form("no_target.csv"))
