"""From what a landing page and its referrer say, where did a visit come from?"""

import duckdb
import pytest

from visitjoin.receiver.lake.reading import query

SHOP = "https://shop.example/"


def _visit(url: str, referrer: str | None) -> dict[str, str | None]:
    """The visit that one pageview makes."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table hits as select '25' as client_id, 'pageview' as type, 1773990000 as "
            "happened_at, 0 as received_ms, 'h1' as hit_id, null::varchar as user_id, "
            "null::varchar as purchase_id, ? as url, ?::varchar as referrer",
            [url, referrer],
        )
        asked = {"counter": 1, "threshold": 1800}
        found = connection.sql(query("hits_to_visits"), params=asked)
        (visit,) = found.fetchall()
        return dict(zip(found.columns, visit, strict=True))


@pytest.mark.parametrize(
    ("marks", "referrer", "source"),
    [
        ("?yclid=42", None, "ad"),
        ("?gclid=x&utm_medium=email", None, "ad"),
        ("?yclid=", None, "direct"),
        ("?utm_source=partner&utm_medium=cpc", "https://yandex.ru/", "ad"),
        ("?utm_source=list&utm_medium=E-mail", None, "email"),
        ("?utm_medium=social", None, "social"),
        ("?utm_medium=messenger", None, "messenger"),
        ("?utm_medium=affiliate", None, "referral"),
        ("?utm_medium=organic", None, "organic"),
        ("", None, "direct"),
        ("", "https://www.shop.example/cart", "internal"),
        ("", "https://yandex.ru/search/?text=tea", "organic"),
        ("", "https://www.google.co.uk/", "organic"),
        ("", "https://mail.yandex.ru/", "email"),
        ("", "https://e.mail.ru/", "email"),
        ("", "https://vk.com/away.php", "social"),
        ("", "https://t.co/x", "social"),
        ("", "https://web.telegram.org/", "messenger"),
        ("", "https://blog.example/", "referral"),
        ("", "https://notyandex.ru.example/", "referral"),
        ("", "android-app://org.example.app/", "referral"),
    ],
)
def test_the_source_is_told_by_marks_and_where_there_are_none_by_the_referrer(
    marks: str, referrer: str | None, source: str
) -> None:
    assert _visit(SHOP + marks, referrer)["traffic_source"] == source


def test_marks_are_kept_as_they_were_meant() -> None:
    marks = "?utm_source=ya+direct&utm_medium=CPC&utm_campaign=%D1%87%D0%B0%D0%B9%202&yclid=7#utm_x"

    visit = _visit(SHOP + marks, None)

    named = [visit[f"utm_{name}"] for name in ("source", "medium", "campaign")]
    assert [*named, visit["yclid"]] == ["ya direct", "CPC", "чай 2", "7"]


def test_a_mark_that_cannot_be_decoded_is_kept_as_it_stands() -> None:
    assert _visit(f"{SHOP}?utm_source=50%&utm_campaign=%FF", None)["utm_source"] == "50%"
