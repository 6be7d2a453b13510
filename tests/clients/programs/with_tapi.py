"""What a user of tapi-yandex-metrika does, from the goal to the last status of a file."""

import os
import time
from pathlib import Path
from typing import Any

from tapi_yandex_metrika import YandexMetrikaManagement
from tapi_yandex_metrika.exceptions import YandexMetrikaApiError

from tests.clients.programs.telling import tell

FOLDER = Path(os.environ["FOLDER"])
COUNTER = os.environ["COUNTER"]
LAST = ("PROCESSED", "LINKAGE_FAILURE")
GOAL = {
    "name": "Deal closed",
    "type": "action",
    "is_retargeting": 0,
    "conditions": [{"type": "exact", "url": "deal_closed"}],
}


def client(counter: str = COUNTER, token: str = os.environ["TOKEN"]) -> Any:
    """A client of a counter: its class is made when it runs, so there are no types."""
    return YandexMetrikaManagement(access_token=token, default_url_params={"counterId": counter})


metrica = client()


def done(call: str, answer: Any) -> Any:
    tell(call, answer.response.status_code, answer.data)
    return answer.data


def refused(call: str, resource: Any, **request: Any) -> None:
    method = getattr(resource, call.partition(" ")[0].lower())
    try:
        tell(call, 200, method(**request).data)
    except YandexMetrikaApiError as error:
        tell(call, error.response.status_code, error.response.json(), type(error).__name__)


def form(file: str) -> dict[str, Any]:
    """A file as a form. The client calls every body JSON unless told to leave that to requests."""
    content = (FOLDER / file).read_bytes()
    return {"files": {"file": (file, content, "text/csv")}, "headers": {"Content-Type": None}}


def follow(call: str, uploading: Any) -> None:
    while uploading.get().data["uploading"]["status"] not in LAST:
        time.sleep(0.05)
    done(call, uploading.get())


def counters() -> None:
    done("GET counters", metrica.counters().get())
    made = done("POST counters", metrica.counters().post(data={"counter": {"name": "Second"}}))
    second = client(made["counter"]["id"])
    done("GET counter", second.counter().get(params={"field": "goals"}))
    done("DELETE counter", second.counter().delete())


def goals() -> int:
    made = done("POST goals", metrica.goals().post(data={"goal": GOAL}))
    goal_id: int = made["goal"]["id"]
    changed = {"goal": GOAL | {"id": goal_id, "name": "Deal won"}}
    done("PUT goal", metrica.goal(goalId=goal_id).put(data=changed))
    done("GET goal", metrica.goal(goalId=goal_id).get())
    done("GET goals", metrica.goals().get())
    return goal_id


def conversions() -> None:
    done("POST extended_threshold", metrica.offline_conversions_extended_threshold().post())
    upload = metrica.offline_conversions_upload
    older = {"client_id_type": "CLIENT_ID", "comment": "older generation"}
    one_kind = done("POST upload?client_id_type", upload().post(params=older, **form("older.csv")))
    newer = {"comment": "newer generation"}
    any_kind = done("POST upload", upload().post(params=newer, **form("newer.csv")))
    for taken in (one_kind, any_kind):
        uploading = metrica.offline_conversions_uploading(id=taken["uploading"]["id"])
        follow("GET uploading", uploading)
    done("GET uploadings", metrica.offline_conversions_uploadings().get(params={"limit": 2}))
    as_json = form("newer.csv") | {"headers": {}}
    again = done("POST upload: called JSON", upload().post(**as_json))
    uploading = metrica.offline_conversions_uploading(id=again["uploading"]["id"])
    follow("GET uploading: called JSON", uploading)


def conversions_by_yclid() -> None:
    """The calls that the older generation had for clicks alone."""
    upload = metrica.yclid_conversions_upload()
    taken = done("POST yclid_conversions/upload", upload.post(**form("yclids.csv")))
    uploading = metrica.yclid_conversions_uploading(id=taken["uploading"]["id"])
    follow("GET yclid_conversions/uploading", uploading)
    listed = metrica.yclid_conversions_uploadings().get()
    done("GET yclid_conversions/uploadings", listed)


def calls() -> None:
    tracking = metrica.offline_conversions_calls_extended_threshold()
    done("POST calls_extended_threshold", tracking.post())
    query = {"client_id_type": "CLIENT_ID", "new_goal_name": "Phone"}
    upload = metrica.offline_conversions_upload_calls()
    taken = done("POST upload_calls", upload.post(params=query, **form("calls.csv")))
    uploading = metrica.offline_conversions_calls_uploading(id=taken["uploading"]["id"])
    follow("GET calls_uploading", uploading)
    done("GET calls_uploadings", metrica.offline_conversions_calls_uploadings().get())
    done("DELETE calls_extended_threshold", tracking.delete())


def errors() -> None:
    refused("GET goals: wrong token", client(token="of-nobody").goals())  # noqa: S106
    refused("GET goals: no such counter", client("999999").goals())
    upload = metrica.offline_conversions_upload()
    refused("POST upload: no Target", upload, **form("no_target.csv"))


def leave(goal_id: int) -> None:
    done("DELETE goal", metrica.goal(goalId=goal_id).delete())
    done("DELETE extended_threshold", metrica.offline_conversions_extended_threshold().delete())
    refused(
        "POST upload: tracking is off", metrica.offline_conversions_upload(), **form("newer.csv")
    )


counters()
created = goals()
conversions()
conversions_by_yclid()
calls()
errors()
leave(created)
