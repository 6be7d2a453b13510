"""A shop with a month behind it: visits, uploadings good and bad, as the console shows them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

import httpx

from tests.conftest import Running

SOURCES: Final = ("ad", "ad", "ad", "organic", "organic", "direct", "social", "email")
VISITS: Final = 120
TARGETS: Final = ("order_paid", "order_paid", "order_paid", "call_back")


@dataclass(frozen=True)
class Shop:
    """A counter of a running receiver."""

    running: Running
    counter: int

    @property
    def path(self) -> str:
        return f"/counter/{self.counter}"

    def call(self, method: str, path: str, **more: Any) -> Any:  # noqa: ANN401 - JSON
        headers = {"Authorization": f"OAuth {self.running.token}"}
        url = f"{self.running.address}{path}"
        return httpx.request(method, url, headers=headers, **more).raise_for_status().json()

    def uploadings(self) -> list[Any]:
        """Its uploadings, newest first."""
        path = f"/management/v1/counter/{self.counter}/offline_conversions/uploadings"
        return list(self.call("GET", path)["uploadings"])

    def newest(self) -> int:
        """The id of the newest uploading."""
        return int(self.uploadings()[0]["id"])

    def goal(self) -> int:
        """The id of the first goal."""
        path = f"/management/v1/counter/{self.counter}/goals"
        return int(self.call("GET", path)["goals"][0]["id"])

    def visit(self, *rows: str) -> None:
        table = "\n".join([VISIT_HEADER, *rows, ""])
        path = f"/visitjoin/v1/counter/{self.counter}/visits"
        self.call("POST", path, files={"file": ("visits.csv", table)})

    def upload(self, *rows: str, comment: str = "") -> int:
        """Upload rows, wait for their last status, and return the uploading's id."""
        table = "\n".join([HEADER, *rows, ""])
        path = f"/management/v1/counter/{self.counter}/offline_conversions"
        files = {"file": ("deals.csv", table)}
        made = self.call("POST", f"{path}/upload", files=files, params={"comment": comment})
        id_ = int(made["uploading"]["id"])
        while self.call("GET", f"{path}/uploading/{id_}")["uploading"]["status"] not in ENDED:
            pass
        return id_


ENDED: Final = ("PROCESSED", "LINKAGE_FAILURE")
HEADER: Final = "ClientId,Target,DateTime,Price,Currency"
VISIT_HEADER: Final = (
    "visit_id,client_id,started_at,traffic_source,utm_source,utm_campaign,start_url,user_id"
)


def client_id(number: int) -> str:
    return f"17000000001234{number:05}"


def visit_row(number: int, started_at: datetime, source: str) -> str:
    campaign = ("yandex", "autumn-sale") if source == "ad" else ("", "")
    user = f"crm-{number}" if number % 9 == 0 else ""
    url = f"https://shop.example/catalog/page-{number % 7}?from=list"
    moment = int(started_at.timestamp())
    return f"v{number},{client_id(number)},{moment},{source},{','.join(campaign)},{url},{user}"


def empty_shop(running: Running, name: str = "Nothing yet") -> Shop:
    with running.client() as admin:
        return Shop(running, admin.create_counter(name, time_zone_name="Europe/Moscow").id)


def a_shop(running: Running) -> Shop:
    """A shop with a goal that is tracked, and nothing else."""
    with running.shop() as client:
        return Shop(running, client.counter_id)


def busy_shop(running: Running) -> Shop:
    """A shop with visits of a month and three uploadings, of which the last has every outcome."""
    chance = Random(7)  # noqa: S311 - the same shop every time
    now = datetime.now(UTC).replace(microsecond=0)
    shop = a_shop(running)
    with running.client(shop.counter) as client:
        client.create_goal("Call back asked for", "call_back")
    starts = [now - timedelta(days=chance.uniform(1, 28)) for _ in range(VISITS)]
    sources = [chance.choice(SOURCES) for _ in range(VISITS)]
    shop.visit(*(visit_row(number, starts[number], sources[number]) for number in range(VISITS)))

    def sold(number: int) -> str:
        waited = timedelta(days=min(chance.expovariate(0.4), 20))
        moment = min(starts[number] + waited, now - timedelta(minutes=chance.randint(1, 600)))
        price = chance.choice((490, 1290.5, 2490, 7990))
        target = chance.choice(TARGETS)
        return f"{client_id(number)},{target},{int(moment.timestamp())},{price},RUB"

    yesterday = int((now - timedelta(days=1)).timestamp())
    shop.upload(*(sold(n) for n in range(60)), comment="deals of the first week.csv")
    shop.upload(*(sold(n) for n in range(60, 70)), comment="deals of the second week.csv")
    shop.upload(
        *(sold(n) for n in range(70, 76)),
        *(f"{client_id(90000 + n)},order_paid,{yesterday},990,RUB" for n in range(4)),
        *(f"{client_id(n)},Order paid,{yesterday},990,RUB" for n in range(4)),
        *(
            f"{client_id(n)},order_paid,{int((now - timedelta(days=40)).timestamp())},5,RUB"
            for n in range(2)
        ),
        "1.70000001E+18,order_paid,today,12,RUB",
        f"{client_id(1)},,{yesterday},12,RUB",
        comment="deals of the third week.csv",
    )
    return shop
