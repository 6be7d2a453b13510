"""How long does the server take for a page of the console when much is stored?

    .venv/bin/python benchmarks/console.py [--visits 20000000] [--conversions 2000000] [--rounds 20]

A receiver in a process of its own stores generated visits, and conversions of them in several
uploadings. Then each page is asked for again and again, from one connection: the time is that from
the request to the last byte of the answer, so rendering and loopback are in it. The bar: 100 ms at
the median of each page, and 200 KB.

Pages whose figures take longer show those that were found last and count anew behind their back:
how long that takes is told beside, from a first request until the page has its figures. First paint
is measured in Chromium, where it is installed, of each page once.
"""

import argparse
import re
import shutil
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

import duckdb
import httpx
from running import Receiver, running_receiver

UPLOADINGS: Final = 8
BAR: Final = 100
"""Milliseconds."""

PAINT: Final = """new Promise(done => new PerformanceObserver(seen => {
    const [paint] = seen.getEntriesByName("first-contentful-paint");
    if (paint) done(paint.startTime);
}).observe({ type: "paint", buffered: true }))"""

LARGEST: Final = 200_000
"""Bytes of a page."""


def main() -> None:
    """Measure, print."""
    asked = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="visitjoin-console-"))
    try:
        with running_receiver(folder / "data", memory_limit=asked.memory) as receiver:
            _store(receiver, folder, visits=asked.visits, conversions=asked.conversions)
            _measure(receiver, asked.rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=20_000_000)
    parser.add_argument("--conversions", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--memory", default="1GB", help="of one query, as DuckDB writes it")
    return parser.parse_args()


def _store(receiver: Receiver, folder: Path, *, visits: int, conversions: int) -> None:
    begun = time.perf_counter()
    receiver.import_visits(_visits(folder, visits))
    for number in range(UPLOADINGS):
        receiver.upload(_conversions(folder, number, conversions // UPLOADINGS, visits))
    seconds = time.perf_counter() - begun
    print(f"Stored {visits:,} visits and {conversions:,} conversions in {seconds:.0f} s.\n")


def _visits(folder: Path, visits: int) -> Path:
    file = folder / "visits.parquet"
    _copy(
        file,
        f"""
        select 'v' || i as visit_id, {_client("i // 4", visits)} as client_id,
               {int(time.time())} - 3600 - (hash(i, 3) % 1700000)::bigint as started_at,
               ['ad', 'organic', 'direct', 'social', 'email'][1 + i % 5] as traffic_source,
               case when i % 5 = 0 then 'campaign-' || i % 40 end as utm_campaign,
               'https://shop.example/page-' || i % 1000 as start_url
        from range({visits}) as t(i)
        """,
        "format parquet",
    )
    return file


def _conversions(folder: Path, number: int, rows: int, visits: int) -> Path:
    """A tenth of the visitors are unknown, and one Target in a hundred."""
    file = folder / f"conversions-{number}.csv"
    visitor = f"hash(i, {number}) % {visits * 11 // 40}"
    _copy(
        file,
        f"""
        select {_client(visitor, visits)} as "ClientId",
               case when i % 100 = 0 then 'Order paid' else 'order_paid' end as "Target",
               {int(time.time())} - (hash(i, 9) % 900000)::bigint as "DateTime",
               (hash(i, 10) % 100000 / 100.0)::decimal(12, 2) as "Price", 'RUB' as "Currency"
        from range({rows}) as t(i)
        """,
        "header",
    )
    return file


def _client(visitor: str, visits: int) -> str:
    return f"(1700000000000000000 + ({visitor}) * 7 + {visits} % 7)::varchar"


def _copy(file: Path, query: str, how: str) -> None:
    with duckdb.connect(config={"memory_limit": "1GB"}) as engine:
        engine.execute("set enable_progress_bar = false")
        engine.execute("set preserve_insertion_order = false")
        engine.execute(f"copy ({query}) to '{file}' ({how})")


def _measure(receiver: Receiver, rounds: int) -> None:
    newest = UPLOADINGS
    pages = {
        "counters": "/",
        "overview": "/counter/1",
        "results, 30 days": "/counter/1/results",
        "results, 90 days": "/counter/1/results?days=90",
        "results, 365 days": "/counter/1/results?days=365",
        "uploadings": "/counter/1/uploadings",
        "uploading": f"/counter/1/uploading/{newest}",
        "rows, page 1": f"/counter/1/uploading/{newest}/rows",
        "rows, page 1000": f"/counter/1/uploading/{newest}/rows?page=1000",
        "visits": "/counter/1/visits",
        "visits of a source": "/counter/1/visits?source=ad",
        "upload": "/counter/1/upload",
        "goals": "/counter/1/goals",
        "tag": "/counter/1/tag",
    }
    print(f"{'page':20} {'median':>9} {'slowest':>9} {'KB':>5} {'figures after':>14}")
    with httpx.Client(base_url=f"http://127.0.0.1:{receiver.port}", timeout=600) as client:
        sign_in(client, receiver.token)
        for name, path in pages.items():
            _measure_page(client, name, path, rounds)
    _measure_paint(receiver, pages)


def _measure_page(client: httpx.Client, name: str, path: str, rounds: int) -> None:
    begun = time.perf_counter()
    # As its script does: it asks again a second after each answer.
    times = [_ask(client, path)]
    while times[-1][2]:
        time.sleep(1)
        times.append(_ask(client, path))
    figures = time.perf_counter() - begun
    times += [_ask(client, path) for _ in range(rounds)]
    milliseconds = [seconds * 1000 for seconds, _, _ in times]
    size = max(size for _, size, _ in times)
    middle = median(milliseconds)
    over = "  OVER" if middle > BAR or size > LARGEST else ""
    print(
        f"{name:20} {middle:6.1f} ms {max(milliseconds):6.1f} ms {size / 1000:5.0f} "
        f"{figures:12.1f} s{over}"
    )


def _ask(client: httpx.Client, path: str) -> tuple[float, int, bool]:
    """Seconds, bytes, and whether the page waits for its figures."""
    begun = time.perf_counter()
    answer = client.get(path)
    seconds = time.perf_counter() - begun
    assert answer.status_code == 200, (path, answer.status_code)
    return seconds, len(answer.content), "data-every" in answer.text


def sign_in(client: httpx.Client, token: str) -> None:
    """Get the cookie of a session."""
    word = re.search(r'name="form_word" value="(\w+)"', client.get("/sign-in").text)
    assert word
    answer = client.post("/sign-in", data={"form_word": word[1], "token": token, "next": "/"})
    assert answer.status_code == 303, answer.status_code


def _measure_paint(receiver: Receiver, pages: dict[str, str]) -> None:
    command = shutil.which("chromium")
    if command is None:
        print("\nFirst paint was not measured: there is no Chromium.")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path=command, args=arguments)
        page = browser.new_page()
        address = f"http://127.0.0.1:{receiver.port}"
        page.goto(f"{address}/sign-in")
        page.get_by_label("Token").fill(receiver.token)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{address}/")
        paints = {}
        for name, path in pages.items():
            page.goto(f"{address}{path}")
            paints[name] = page.evaluate(PAINT)
        browser.close()
    slowest = max(paints, key=lambda name: paints[name])
    print(
        f"\nFirst contentful paint: {median(paints.values()):.0f} ms at the median of the pages, "
        f"{paints[slowest]:.0f} ms of {slowest}."
    )


if __name__ == "__main__":
    main()
