"""`visitjoin forget`: where the identifier comes from, and what is told."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from visitjoin.cli.app import app
from visitjoin.contract.errors import SettingError
from visitjoin.receiver.catalog.counters import create_counter
from visitjoin.receiver.catalog.opening import open_catalog
from visitjoin.receiver.lake.hits import keep_hits
from visitjoin.receiver.lake.lake import Lake

CLIENT = "1700000000123456789"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a receiver that has counter 1 and a hit of one visitor."""
    catalog = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    now = datetime.now(UTC)
    create_counter(catalog, name="Shop", site="", time_zone_name="UTC", now=now)
    catalog.dispose()
    (tmp_path / "spool").mkdir()
    hit = {"counter_id": 1, "client_id": CLIENT, "type": "pageview", "hit_id": "h1"}
    journal = tmp_path / "journal.json"
    journal.write_text(json.dumps(hit | {"happened_at": 1773964000, "received_ms": 1773964000000}))
    lake = Lake(str(tmp_path / "lake"))
    keep_hits(lake, journal, owner="test", number=1, is_robot=lambda _: False)
    monkeypatch.setenv("VISITJOIN_DATA", str(tmp_path))
    return tmp_path


def test_the_identifier_comes_from_a_file_or_standard_input_and_is_not_told(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    named = data / "who.txt"
    named.write_text(f"{CLIENT}\n")
    words = ["forget", "--counter", "1"]

    app.meta([*words, "--identifier-file", str(named)], result_action="return_value")
    first = capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{CLIENT}\n"))
    app.meta(words, result_action="return_value")
    second = capsys.readouterr()

    assert first.out.startswith("Removed: 1 hit, 0 visits.")
    assert second.out.startswith("Nothing was kept of that visitor.")
    assert CLIENT not in "".join((*first, *second))


@pytest.mark.usefixtures("data")
def test_without_an_identifier_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    with pytest.raises(SettingError, match="No client-id was given"):
        app.meta(["forget", "--counter", "1"], result_action="return_value")
