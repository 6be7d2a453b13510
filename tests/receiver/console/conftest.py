"""A browser, and a receiver with shops, for the tests of the console."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.conftest import Running
from visitjoin.receiver.console.languages import COOKIE

from .story import Shop, busy_shop, empty_shop

PHONE = 360
"""Points that a small phone is wide."""

_CONTRASTS = {"runOnly": ["color-contrast"]}
"""Of axe's rules those that a colour scheme can break."""

_PAGES = (
    "",
    "/results",
    "/uploadings",
    "/upload",
    "/upload?type=CALLS",
    "/visits?source=email",
    "/goals",
    "/tag",
)


@dataclass
class Reader:
    """Somebody who has signed in with a browser. Whatever it complains of is kept."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open a page, again and again until it has its figures: sooner than its script would."""
        self.page.goto(f"{self.address}{path}")
        while self.page.locator("#live[data-every]").count():
            self.page.reload()
        return self.page

    def violations(self) -> list[str]:
        """What axe finds wrong with the page; in the dark with its contrasts alone."""
        found = Axe().run(self.page).response["violations"]
        self.page.emulate_media(color_scheme="dark")
        found += Axe().run(self.page, options=_CONTRASTS).response["violations"]
        self.page.emulate_media(color_scheme="light")
        return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


@dataclass(frozen=True)
class Seen:
    """What was seen of one page."""

    violations: list[str]
    """What axe finds wrong with it."""
    width: int
    """Of the whole page, on a phone."""
    bytes: int
    """Of all that belongs to it."""
    asked: list[str]
    """The addresses that the browser asked."""
    complaints: list[str]


@contextmanager
def signing_in(chromium: Browser, running: Running) -> Iterator[Page]:
    """A page of a window of its own, of who has signed in with the administrator's token."""
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{running.address}/sign-in")
    page.get_by_label("Token").fill(running.token)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Counters").wait_for()
    yield page
    context.close()


@pytest.fixture(scope="session")
def busy(running: Running) -> Shop:
    """A shop with a month behind it: the tests look at it, and change nothing."""
    return busy_shop(running)


@pytest.fixture(scope="session")
def empty(running: Running) -> Shop:
    """A counter with nothing in it, which the tests leave so."""
    return empty_shop(running)


@pytest.fixture(scope="session")
def signed_in(chromium: Browser, running: Running) -> Iterator[BrowserContext]:
    """A window of who has signed in with the administrator's token."""
    with signing_in(chromium, running) as page:
        context = page.context
        page.close()
        yield context


@pytest.fixture(scope="session")
def seen(signed_in: BrowserContext, running: Running, busy: Shop, empty: Shop) -> dict[str, Seen]:
    """Every page, full and empty, looked at once; but that of a checked table.

    In Russian, whose words are the longer ones; the other tests read English.
    """
    uploading = f"{busy.path}/uploading/{busy.newest()}"
    paths = [
        "/",
        *(f"{busy.path}{page}" for page in _PAGES),
        uploading,
        f"{uploading}/rows",
        f"{busy.path}/goal/{busy.goal()}/delete",
        *(
            f"{empty.path}{page}"
            for page in _PAGES
            if page in {"", "/results", "/uploadings", "/upload"}
        ),
    ]
    signed_in.add_cookies([{"name": COOKIE, "value": "ru", "url": running.address}])
    found = {path: _look(signed_in, running, path) for path in paths}
    signed_in.clear_cookies(name=COOKIE)
    return found


def _look(signed_in: BrowserContext, running: Running, path: str) -> Seen:
    page = signed_in.new_page()
    asked, complaints, sizes = list[str](), list[str](), dict[str, int]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda answer: sizes.update({answer.url: _size(answer)}))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    reader = Reader(page, running.address)
    reader.open(path)
    violations = reader.violations()
    page.set_viewport_size({"width": PHONE, "height": 740})
    width = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    return Seen(violations, width, sum(sizes.values()), asked, complaints)


def _size(answer: Response) -> int:
    return int(answer.headers["content-length"])


@pytest.fixture
def reader(signed_in: BrowserContext, running: Running) -> Iterator[Reader]:
    """A page of it, which must have had no complaint when the test ends."""
    page = signed_in.new_page()
    found = Reader(page, running.address)
    page.on("console", lambda message: found.complaints.append(message.text))
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    yield found
    page.close()
    assert found.complaints == []
