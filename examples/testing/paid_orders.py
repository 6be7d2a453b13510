"""Tells Metrica of paid orders: the kind of script that a shop has."""

import csv
import io
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

TRIES = 4
BOUNDARY = "paid-orders"


@dataclass(frozen=True)
class Order:
    """An order, as the shop knows it."""

    number: str
    client_id: str
    paid_at: int
    total: str


@dataclass(frozen=True)
class Metrica:
    """A counter, and where to reach it: https://api-metrika.yandex.net, or a sandbox."""

    address: str
    token: str
    counter: int
    sleep: Callable[[float], None] = time.sleep

    def upload(self, orders: Iterable[Order]) -> int:
        """Upload orders once, whatever happens on the way. Returns the uploading's id."""
        orders = list(orders)
        comment = f"orders {orders[0].number} to {orders[-1].number}"
        for attempt in range(TRIES):
            try:
                return self._call(f"upload?comment={quote(comment)}", _form(orders))["uploading"][
                    "id"
                ]
            except HTTPError as refused:
                if refused.code != 429 and refused.code < 500:
                    raise
                wait = float(refused.headers.get("Retry-After") or 2**attempt)
            except (OSError, HTTPException, ValueError):
                wait = 2**attempt
            self.sleep(wait)
            # A server that failed may have taken the file: a second one would count twice.
            if found := self._uploaded(comment):
                return found
        raise TimeoutError(f"{comment}: not uploaded")

    def _uploaded(self, comment: str) -> int | None:
        for uploading in self._call("uploadings")["uploadings"]:
            if uploading["comment"] == comment:
                return uploading["id"]
        return None

    def _call(self, call: str, form: bytes | None = None) -> dict:
        url = f"{self.address}/management/v1/counter/{self.counter}/offline_conversions/{call}"
        headers = {"Authorization": f"OAuth {self.token}"}
        if form is not None:
            headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        with urlopen(Request(url, form, headers), timeout=30) as answer:
            return json.load(answer)


def _form(orders: Iterable[Order]) -> bytes:
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["ClientId", "Target", "DateTime", "Price", "Currency"])
    rows.writerows([o.client_id, "order_paid", o.paid_at, o.total, "RUB"] for o in orders)
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="orders.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n{table.getvalue()}\r\n--{BOUNDARY}--\r\n"
    ).encode()
