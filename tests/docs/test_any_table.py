"""The commands of docs/how-to/read-any-table.md work, on files like those that it speaks of."""

import gzip
import os
import re
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
import xlsxwriter

PAGE = Path(__file__).parent.parent.parent / "docs" / "how-to" / "read-any-table.md"
TABLE = "ClientId,Target,DateTime\n17,заказ оплачен,1794690000\n"
LINE = '{"ClientId": 17, "Target": "order_paid", "DateTime": 1794690000}\n'
PROGRAMS = """
set -euo pipefail
visitjoin() { "$PYTHON" -m visitjoin "$@" -o out.csv --rejects rejects.csv; }
crm-export() { case "$1" in --json) cat line.jsonl;; *) cat july.csv;; esac; }
"""


def write_files(folder: Path) -> None:
    (folder / "exports").mkdir()
    for name in ("july.csv", "august.csv", "exports/deals-1.csv", "exports/deals-2.csv"):
        (folder / name).write_text(TABLE)
    (folder / "deals.csv").write_bytes(TABLE.encode("cp1251"))
    (folder / "export.dat").write_text(TABLE.replace(",", "^"))
    (folder / "line.jsonl").write_text(LINE)
    (folder / "deals.jsonl.gz").write_bytes(gzip.compress(LINE.encode()))
    with zipfile.ZipFile(folder / "exports.zip", "w") as archive:
        archive.writestr("july.csv", TABLE)
    with xlsxwriter.Workbook(str(folder / "deals.xlsx")) as book:
        sheet = book.add_worksheet("Deals 2026")
        for number, row in enumerate(TABLE.splitlines()):
            sheet.write_row(number, 0, row.split(","))
    with closing(sqlite3.connect(folder / "shop.db")) as database, database:
        database.execute("create table orders (client_id, paid_at, total)")
        database.execute("insert into orders values (17, 1794690000, 990.5)")
    query = "select client_id as ClientId, paid_at as DateTime from orders"
    (folder / "deals.sql").write_text(query)


@pytest.mark.slow
def test_the_commands_of_the_page_work(tmp_path: Path) -> None:
    write_files(tmp_path)
    page = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"```\n(.*?)```", page, re.DOTALL)
    commands = "".join(block for block in blocks if not block.startswith("deals.csv:"))
    commands = commands.replace(" -o out.csv --rejects rejects.csv", "")
    # No server stands at the address that the page makes up.
    commands = commands.replace("postgresql://shop:secret@db.example/shop", "sqlite:///shop.db")

    done = subprocess.run(
        ["/bin/bash", "-c", PROGRAMS + commands],
        cwd=tmp_path,
        env=os.environ | {"PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert commands.count("visitjoin prepare") == done.stdout.count("accepted -> out.csv") == 12
    (warning,) = re.findall(r"```\n(deals\.csv:.*?)```", page, re.DOTALL)
    assert " ".join(warning.split()) in done.stderr
