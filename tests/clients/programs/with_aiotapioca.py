"""What a user of aiotapioca-yandex-metrika does. It has no way to send a file: see `files`."""

import asyncio
import os
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, FormData
from aiotapioca_yandex_metrika import YandexMetrikaManagementAPI
from aiotapioca_yandex_metrika.exceptions import YandexMetrikaApiError

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


async def done(call: str, coming: Any) -> Any:
    answer = await coming
    tell(call, answer.status, answer.data())
    return answer.data()


async def refused(call: str, coming: Any) -> None:
    try:
        answer = await coming
        tell(call, answer.status, answer.data())
    except YandexMetrikaApiError as error:
        tell(call, error.response.status, error.data, type(error).__name__)


async def counters(metrica: Any, second: Any) -> None:
    await done("GET counters", metrica.counters().get())
    try:
        await metrica.counters().post(data={"counter": {"name": "Second"}})
    except KeyError as error:
        # It looks for the number of rows, which only a list has, once the counter is made.
        tell("POST counters", 200, str(error), type(error).__name__)
    listed = (await metrica.counters().get()).data()["counters"]
    counter = second.counter(counter_id=listed[-1]["id"])
    await done("GET counter", counter.get(params={"field": "goals"}))
    first = await metrica.counters().get(params={"per_page": 1})
    pages = [page.data() async for page in first().pages(max_pages=2)]
    tell("GET counters?per_page", 200, pages)
    await done("DELETE counter", counter.delete())


async def goals(metrica: Any) -> int:
    made = await done("POST goals", metrica.goals().post(data={"goal": GOAL}))
    goal_id: int = made["goal"]["id"]
    changed = {"goal": GOAL | {"id": goal_id, "name": "Deal won"}}
    await done("PUT goal", metrica.goal(goal_id=goal_id).put(data=changed))
    await done("GET goal", metrica.goal(goal_id=goal_id).get())
    await done("GET goals", metrica.goals().get())
    return goal_id


async def follow(call: str, uploading: Any) -> None:
    # What is awaited is in another process: there is no event to wait for.
    while (await uploading.get()).data()["uploading"]["status"] not in LAST:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    await done(call, uploading.get())


async def uploadings(metrica: Any) -> None:
    listed = await done("GET uploadings", metrica.offline_conversions_uploadings().get())
    for one in reversed(listed["uploadings"]):
        await follow("GET uploading", metrica.offline_conversions_uploading(id=one["id"]))
    await done("GET yclid_conversions/uploadings", metrica.yclid_conversions_uploadings().get())
    newest = metrica.yclid_conversions_uploading(id=listed["uploadings"][0]["id"])
    await done("GET yclid_conversions/uploading", newest.get())
    calls = metrica.offline_conversions_calls_uploadings()
    (only,) = (await calls.get()).data()["uploadings"]
    uploading = metrica.offline_conversions_calls_uploading(id=only["id"])
    await follow("GET calls_uploading", uploading)
    await done("GET calls_uploadings", calls.get())


async def files(metrica: Any) -> None:
    """The client makes JSON of every body: of a form it cannot, of text it makes a string."""
    upload = metrica.offline_conversions_upload()
    table = (FOLDER / "newer.csv").read_text("utf-8")
    try:
        await upload.post(data=FormData({"file": table}))
    except TypeError as error:
        tell("POST upload: a form", 0, str(error), type(error).__name__)
    await refused("POST upload: a text", upload.post(data=table))


def client(counter: str = COUNTER, token: str = os.environ["TOKEN"]) -> Any:
    """A client of a counter.

    The session that it would make takes no notice of HTTPS_PROXY; a caller may hand it one that
    does. To each its own: a client that is thrown away closes its session, whoever made it.
    """
    return YandexMetrikaManagementAPI(
        session=ClientSession(trust_env=True),
        access_token=token,
        default_url_params={"counter_id": counter},
    )


async def main() -> None:
    nobody, astray = client(token="of-nobody"), client("999999")  # noqa: S106 - no token
    async with client() as metrica, client() as second, nobody, astray:
        await counters(metrica, second)
        goal_id = await goals(metrica)
        tracking = metrica.offline_conversions_extended_threshold()
        await done("POST extended_threshold", tracking.post())
        calls = metrica.offline_conversions_calls_extended_threshold()
        await done("POST calls_extended_threshold", calls.post())
        await uploadings(metrica)
        await refused("GET goals: wrong token", nobody.goals().get())
        await refused("GET goals: no such counter", astray.goals().get())
        await files(metrica)
        await done("DELETE goal", metrica.goal(goal_id=goal_id).delete())
        await done("DELETE calls_extended_threshold", calls.delete())
        await done("DELETE extended_threshold", tracking.delete())


asyncio.run(main())
