"""Write the tables of docs/tutorial.md into a folder: samples of this one, with dates of today.

    python examples/tutorial.py FOLDER

deals.csv       bitrix24.csv: won deals of the last eleven days, and one that closes tomorrow
deals-2.csv     the same a day later: one deal costs less, one was returned
visits.csv      visits.csv without one visitor
visits-2.csv    that visitor, whose visits come a day later
"""

import re
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
AS_OF = date(2026, 11, 20)
"""The day of the samples (write.py), in the zone of their shop."""

PAID_IN_DOLLARS = "1793700000823456787"
"""The ClientID of the visitor who comes later."""


def later(text: str, form: str, days: timedelta) -> str:
    """Every date in a text some days later. form: how it writes one, as %Y-%m-%d."""
    pattern = re.sub("%[md]", r"\\d\\d", form.replace("%Y", r"\d{4}").replace(".", r"\."))
    return re.sub(
        rf"\b{pattern}(?!\d)",
        lambda found: (datetime.strptime(found[0], form) + days).strftime(form),  # noqa: DTZ007 - a date
        text,
    )


def tables(today: date) -> dict[str, str]:
    """The tables by their names. today: in the zone of the shop."""
    passed = today - AS_OF
    visits = later((HERE / "visits.csv").read_text(encoding="utf-8"), "%Y-%m-%d", passed)
    header, *lines = visits.splitlines(keepends=True)
    late = [line for line in lines if PAID_IN_DOLLARS in line]
    # A won deal that closes today is past or to come by the time of day: tomorrow is to come.
    deals = later(_text("bitrix24.csv"), "%d.%m.%Y", passed + timedelta(days=1))
    return {
        "deals.csv": deals,
        "deals-2.csv": _a_day_later(deals),
        "visits.csv": header + "".join(line for line in lines if line not in late),
        "visits-2.csv": header + "".join(late),
    }


def _a_day_later(deals: str) -> str:
    header, first, second, *others = deals.splitlines(keepends=True)
    first = first.replace("12990.50", "9990.50")
    second = second.replace("Сделка успешна", "Возврат")
    return "".join([header, first, second, *others])


def _text(name: str) -> str:
    # Line ends and the byte-order mark as they are.
    return (HERE / name).read_bytes().decode()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables(datetime.now(ZoneInfo("Europe/Moscow")).date()).items():
        (folder / name).write_bytes(table.encode())
