"""The commands of the pages on sending work, as they stand there, one page after another."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import Running

HOW_TO = Path(__file__).parent.parent.parent / "docs" / "how-to"
NOW = datetime.now(UTC)
BOUGHT = int((NOW - timedelta(hours=1)).timestamp())

PROGRAM = '#!/bin/bash\nexec "$PYTHON" -m visitjoin "$@"\n'
MAPPING = """key = "Order"
[columns]
ClientId = "Client"
DateTime = "Paid"
Price = "Sum"
[constants]
Currency = "RUB"
Target = "order_paid"
"""
PAGES = {
    "send-to-metrica.md": "The outcomes above are predicted from 1 visits.",
    "send-for-many-counters.md": "",
    "correct-what-was-sent.md": "withdrawn before",
    "send-again-who-was-not-found.md": "Sent again: 2 not found before",
    "send-calls.md": "Uploading",
}
"""What the commands of each print at some point."""
BEFORE = "visitjoin send refunds.csv --mapping mapping.toml --quiet\n"
"""What was sent before, and is corrected or sent again."""


COUNTERS = ("2215573", "2215574", "2215575")
"""Those that the pages make up."""


def write_files(folder: Path, counters: Sequence[str]) -> None:
    orders = f"Order,Client,Paid,Sum,Status\n1,17,{BOUGHT},100,Paid\n2,18,{BOUGHT},50,Paid\n"
    (folder / "exports").mkdir()
    for name in counters:
        (folder / "exports" / f"{name}.csv").write_text(orders)
    (folder / "orders.csv").write_text(orders.replace("100,Paid", "100,Refunded"))
    (folder / "refunds.csv").write_text(orders)
    (folder / "deals.csv").write_text(f"ClientId,Target,DateTime\n17,order_paid,{BOUGHT}\n")
    (folder / "logs.tsv").write_text(f"visit_id\tclient_id\tstarted_at\nv1\t17\t{BOUGHT - 60}\n")
    (folder / "calls.csv").write_text(f"ClientId,DateTime,StaticCall\n17,{BOUGHT},0\n")
    (folder / "mapping.toml").write_text(MAPPING)
    (folder / "visitjoin").write_text(PROGRAM)
    (folder / "visitjoin").chmod(0o755)


def new_counter(running: Running) -> str:
    with running.shop() as shop:
        return str(shop.counter_id)


def commands_of(page: str) -> list[str]:
    text = (HOW_TO / page).read_text(encoding="utf-8")
    found = re.findall(r"^( *)```(\w*)\n(.*?)^\1```$", text, re.DOTALL | re.MULTILINE)
    return [block for _, kind, block in found if kind in ("", "bash")]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_the_page_work(running: Running, tmp_path: Path, page: str) -> None:
    counters = [new_counter(running) for _ in COUNTERS]
    write_files(tmp_path, counters)
    script = BEFORE + "".join(commands_of(page))
    for made_up, counter in zip(COUNTERS, counters, strict=True):
        script = script.replace(made_up, counter)
    # Nobody logs in here, nothing is waited for, and tracking began before what happened.
    script = re.sub(r"visitjoin login.*\n", "", script)
    since = (NOW - timedelta(days=2)).date()
    script = script.replace("init deals.csv", "init deals.csv --force")
    script = script.replace("visitjoin resend", "visitjoin resend --now")
    script = script.replace("tracking enable", f"tracking enable --since {since}")

    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=os.environ
        | {
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "PYTHON": sys.executable,
            "VISITJOIN_API": running.address,
            "VISITJOIN_TOKEN": running.token,
            "VISITJOIN_COUNTER": counters[0],
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "not sent" not in done.stderr
    assert PAGES[page] in done.stdout
