"""The console as people meet it: with eyes, a screen reader, a keyboard, a phone."""

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.conftest import Running

from .conftest import PHONE, Reader, Seen
from .story import Shop, a_shop, client_id

HTML = "text/html; charset=utf-8"


def _table(folder: Path, *rows: str) -> Path:
    file = folder / "deals.csv"
    file.write_text("\n".join(["Client ID;Цель;Дата;Сумма;Валюта", *rows, ""]), encoding="cp1251")
    return file


def test_no_page_has_a_fault_that_axe_can_find(seen: dict[str, Seen]) -> None:
    assert {path: page.violations for path, page in seen.items() if page.violations} == {}


def test_no_page_scrolls_sideways_on_a_phone(seen: dict[str, Seen]) -> None:
    assert {path: page.width for path, page in seen.items() if page.width > PHONE} == {}


def test_no_page_weighs_more_than_200_kb_with_all_that_belongs_to_it(
    seen: dict[str, Seen],
) -> None:
    assert {path: page.bytes for path, page in seen.items() if page.bytes > 200_000} == {}
    assert min(page.bytes for page in seen.values()) > 15_000, "the style is counted"


def test_nothing_is_asked_of_anybody_else(seen: dict[str, Seen], running: Running) -> None:
    asked = {url for page in seen.values() for url in page.asked}

    assert {url for url in asked if not url.startswith(f"{running.address}/")} == set()


def test_no_browser_complains_of_a_page(seen: dict[str, Seen]) -> None:
    """Of a script or a style that the page's own policy forbids, for instance."""
    assert {path: page.complaints for path, page in seen.items() if page.complaints} == {}


def test_a_table_is_checked_and_uploaded_with_the_keyboard_alone(
    reader: Reader, running: Running, tmp_path: Path
) -> None:
    shop = a_shop(running)
    file = _table(
        tmp_path,
        f"{client_id(1)};order_paid;01.03.2026 10:00;1 290,50;RUB",
        "1,79351E+18;order_paid;01.03.2026 10:00;100;RUB",
    )
    page = reader.open(f"/counter/{shop.counter}")

    _tab_to(reader, "New upload")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Upload conversions").wait_for()
    page.get_by_label("Drop the table here").set_input_files(file)
    _tab_to(reader, "Check the table")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Look before you upload").wait_for()
    expect(page.get_by_text("Export this column as text.")).to_be_visible()
    expect(page.get_by_text("1,79351E+18")).to_be_visible()
    assert reader.violations() == []
    _tab_to(reader, "Upload 1 row")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Done, nothing joined", exact=True)).to_be_visible()
    assert [one["source_quantity"] for one in shop.uploadings()] == [1]


def _tab_to(reader: Reader, name: str) -> None:
    """Press the tabulator until what is called so has the focus."""
    for _ in range(60):
        reader.page.keyboard.press("Tab")
        focused = reader.page.evaluate("document.activeElement.textContent.trim()")
        if focused == name:
            return
    raise AssertionError(f"The tabulator does not reach {name}.")


def test_a_dropped_table_is_checked_at_once(reader: Reader, running: Running) -> None:
    shop = a_shop(running)
    page = reader.open(f"/counter/{shop.counter}/upload")
    table = f"ClientId,Target,DateTime\n{client_id(1)},order_paid,1773000000\n"
    dropped = page.evaluate_handle(
        """table => {
            const dropped = new DataTransfer();
            dropped.items.add(new File([table], "deals.csv"));
            return dropped;
        }""",
        table,
    )

    page.dispatch_event("form.drop", "drop", {"dataTransfer": dropped})

    expect(page.get_by_role("button", name="Upload 1 row")).to_be_visible()


def test_a_button_that_is_pressed_twice_uploads_once(
    reader: Reader, running: Running, tmp_path: Path
) -> None:
    shop = a_shop(running)
    page = reader.open(f"/counter/{shop.counter}/upload")
    file = _table(tmp_path, f"{client_id(1)};order_paid;01.03.2026 10:00;1;RUB")
    page.get_by_label("Drop the table here").set_input_files(file)
    page.get_by_role("button", name="Check the table").click()

    page.get_by_role("button", name="Upload 1 row").dblclick()

    page.wait_for_url(re.compile(r"/uploading/\d+$"))
    assert len(shop.uploadings()) == 1


def test_the_tag_is_copied_with_a_press(reader: Reader, busy: Shop, running: Running) -> None:
    reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = reader.open(f"{busy.path}/tag")

    page.get_by_role("button", name="Copy").click()

    expect(page.locator("#said")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f'ym({busy.counter}, "init", {{ ecommerce: "dataLayer" }});' in copied
    assert f'<script async src="{running.address}/tag.js"></script>' in copied
    reader.page.context.clear_permissions()


def test_an_uploading_shows_how_far_it_is_until_it_has_come_to_its_end(
    reader: Reader, busy: Shop
) -> None:
    path = f"{busy.path}/uploading/{busy.newest()}"
    ended = reader.open(path).content()
    running = ended.replace('id="live"', 'id="live" data-every="2"').replace(
        "Every row has its outcome.", "Its rows are being counted."
    )
    answers = iter([running, running, ended])
    page = reader.page
    page.clock.install()
    page.route(f"**{path}", lambda route: route.fulfill(body=next(answers), content_type=HTML))

    page.goto(f"{reader.address}{path}")
    expect(page.locator("p.status")).to_contain_text("Its rows are being counted.")
    with page.expect_response(f"**{path}"):
        page.clock.run_for(2_000)
    with page.expect_response(f"**{path}"):
        page.clock.run_for(2_000)

    expect(page.locator("p.status")).to_contain_text("Every row has its outcome.")
    expect(page.locator("#said")).to_contain_text("Every row has its outcome.")
    page.clock.run_for(600_000)
    assert list(answers) == [], "it was asked as often as it moved, and not once more"


def test_the_language_is_switched_and_kept(chromium: Browser, running: Running) -> None:
    context = chromium.new_context(locale="ru-RU")
    page = context.new_page()
    page.goto(f"{running.address}/sign-in")
    expect(page.get_by_role("heading", name="Войти")).to_be_visible()

    page.get_by_role("button", name="English").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()
