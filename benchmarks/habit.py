"""What people write: a CRM export cleaned with pandas, and sent as the API's guide shows.

The sending is the guide's own sample ("Transferring offline conversions", step 3): the whole CSV is
one text in memory. The cleaning before it is how public scripts do it, with a function that is
given one row at a time (`rows`), or one cell at a time (`cells`), which is faster and as common.
It is measured by `habits.py`, and is no part of visitjoin.

    TOKEN=… python benchmarks/habit.py deals.csv http://127.0.0.1:8080 rows
"""

import json
import os
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
import requests

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime.now(MOSCOW)
COLUMNS = ["ClientId", "UserId", "Yclid", "Target", "DateTime", "Price", "Currency"]


def clean_text(value: object) -> str:
    """A cell without blanks around it."""
    return "" if pd.isna(value) else str(value).strip()


def clean_id(value: object) -> str | None:
    """A number as text; None where it is none, as 1,79351E+18."""
    text = clean_text(value)
    if not text:
        return ""
    try:
        return str(int(text))
    except ValueError:
        return None


def clean_time(value: object) -> int | None:
    """Unix seconds; None where there is no time, or one to come."""
    try:
        moment = datetime.strptime(clean_text(value), "%d.%m.%Y %H:%M").replace(tzinfo=MOSCOW)
    except ValueError:
        return None
    return int(moment.timestamp()) if moment <= NOW else None


def clean_price(value: object) -> float | None:
    """A price with a decimal comma, and blanks between thousands."""
    try:
        return float(clean_text(value).replace(" ", "").replace("\xa0", "").replace(",", "."))
    except ValueError:
        return None


def clean_row(row: pd.Series) -> tuple[object, ...]:
    """What is sent of a row."""
    return (
        clean_id(row["Client ID"]),
        clean_text(row["User ID"]),
        clean_id(row["yclid"]),
        clean_text(row["Goal"]),
        clean_time(row["Paid at"]),
        clean_price(row["Amount"]),
        clean_text(row["Currency"]).upper(),
    )


def clean_by_rows(deals: pd.DataFrame) -> pd.DataFrame:
    """Call a function for each row."""
    deals[COLUMNS] = deals.apply(clean_row, axis=1, result_type="expand")
    return deals


def clean_by_cells(deals: pd.DataFrame) -> pd.DataFrame:
    """Call a function for each cell."""
    deals["ClientId"] = deals["Client ID"].apply(clean_id)
    deals["UserId"] = deals["User ID"].apply(clean_text)
    deals["Yclid"] = deals["yclid"].apply(clean_id)
    deals["Target"] = deals["Goal"].str.strip()
    deals["DateTime"] = deals["Paid at"].apply(clean_time)
    deals["Price"] = deals["Amount"].apply(clean_price)
    deals["Currency"] = deals["Currency"].str.upper()
    return deals


def main() -> None:
    """Clean and send."""
    table, address, manner = sys.argv[1:]
    deals = pd.read_csv(table, sep=";", dtype=str)
    deals = clean_by_rows(deals) if manner == "rows" else clean_by_cells(deals)
    deals = deals[COLUMNS].dropna()
    deals = deals[(deals["ClientId"] != "") | (deals["UserId"] != "") | (deals["Yclid"] != "")]
    deals["DateTime"] = deals["DateTime"].astype("int64")
    deals = deals.drop_duplicates()
    file = deals.to_csv(index=False)
    answer = requests.post(  # noqa: S113 - as in the guide
        f"{address}/management/v1/counter/1/offline_conversions/upload",
        headers={"Authorization": f"OAuth {os.environ['TOKEN']}"},
        files={"file": file},
    )
    answer.raise_for_status()
    print(json.dumps({"rows": answer.json()["uploading"]["line_quantity"]}))


if __name__ == "__main__":
    main()
