"""A client that sends hits over many connections, in a process of its own: epoll and bytes alone.

    python load.py PORT CONNECTIONS SECONDS RATE    RATE in requests a second; 0: as many as go

It prints JSON: answered, seconds, and the latency in milliseconds at the median and the 99th
percentile, each from the moment when the request was due.
"""

import json
import random
import select
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Final

VISITORS: Final = 20_000
PAGES: Final = 500
REQUESTS: Final = 2_000
"""That are made before the time runs, for each connection; then they come again."""


@dataclass
class Link:
    """A connection: what it sends, and since when the answer is due."""

    socket: socket.socket
    requests: list[bytes]
    sent: int = 0
    due: float = 0.0
    waiting: list[float] = field(default_factory=list)
    is_busy: bool = False

    def send(self, due: float) -> None:
        """Send the next request."""
        self.due = due
        self.is_busy = True
        self.socket.send(self.requests[self.sent % len(self.requests)])
        self.sent += 1


def main(port: int, connections: int, seconds: float, rate: float) -> None:
    """Send, and print what came of it."""
    links = {}
    epoll = select.epoll()
    for number in range(connections):
        link = socket.create_connection(("127.0.0.1", port))
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        links[link.fileno()] = Link(link, requests(number))
        epoll.register(link.fileno(), select.EPOLLIN)
    begun = time.perf_counter()
    latencies = _flood(links, epoll, seconds) if rate == 0 else _pace(links, epoll, seconds, rate)
    took = time.perf_counter() - begun
    latencies.sort()
    print(
        json.dumps(
            {
                "answered": len(latencies),
                "seconds": took,
                "median": 1000 * latencies[len(latencies) // 2],
                "p99": 1000 * latencies[int(len(latencies) * 0.99)],
            }
        )
    )


def _flood(links: dict[int, Link], epoll: select.epoll, seconds: float) -> list[float]:
    """Each connection sends again as soon as it is answered."""
    now = time.perf_counter()
    end = now + seconds
    for link in links.values():
        link.send(now)
    latencies = []
    while now < end:
        for descriptor, _ in epoll.poll(1):
            link = links[descriptor]
            _check(link.socket.recv(4096))
            now = time.perf_counter()
            latencies.append(now - link.due)
            link.send(now)
    return latencies


def _pace(links: dict[int, Link], epoll: select.epoll, seconds: float, rate: float) -> list[float]:
    """The connections take turns at a rate; who is busy when its turn comes sends late."""
    order = list(links.values())
    begun = now = time.perf_counter()
    turns = 0
    latencies = []
    while now - begun < seconds:
        while turns < (now - begun) * rate:
            link = order[turns % len(order)]
            due = begun + turns / rate
            if link.is_busy:
                link.waiting.append(due)
            else:
                link.send(due)
            turns += 1
        for descriptor, _ in epoll.poll(0.0005):
            link = links[descriptor]
            _check(link.socket.recv(4096))
            latencies.append(time.perf_counter() - link.due)
            link.is_busy = False
            if link.waiting:
                link.send(link.waiting.pop(0))
        now = time.perf_counter()
    return latencies


def _check(answer: bytes) -> None:
    if not answer.startswith(b"HTTP/1.1 20"):
        raise SystemExit(f"An answer that is none: {answer[:300]!r}")


def requests(seed: int) -> list[bytes]:
    """Hits as the tag sends them: a form of some 300 bytes."""
    chance = random.Random(seed)
    made = []
    for number in range(REQUESTS):
        visitor = 1_700_000_000_000_000_000 + chance.randrange(VISITORS)
        page = chance.randrange(PAGES)
        body = (
            f"tid=1&cid={visitor}&t=pageview&hid={seed}-{number}-{chance.random():.9f}"
            f"&dl=https%3A%2F%2Fshop.example%2Fgoods%2F{page}%3Futm_source%3Dyandex%26utm_medium%3D"
            f"cpc&dr=https%3A%2F%2Fyandex.ru%2F&dt=Goods+{page}&sr=1440x900x30"
        ).encode()
        head = (
            "POST /collect HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/5.0 (X11; Linux "
            "x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nOrigin: https://shop.example\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
