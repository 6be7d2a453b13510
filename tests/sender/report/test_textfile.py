"""The file of metrics, read back by Prometheus's own parser."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from prometheus_client.parser import text_fd_to_metric_families

from visitjoin.contract.errors import SettingError
from visitjoin.contract.uploads import Uploading, UploadingId, UploadStatus
from visitjoin.sender.report.report import Fate, Report, Sum
from visitjoin.sender.report.textfile import check_metrics_file, write_metrics

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def report_of(uploading: Uploading | None) -> Report:
    fates = {
        Fate.REJECTED: Sum(2, {"RUB": Decimal(50)}),
        Fate.DUPLICATE: Sum(1, {}),
        Fate.LINKED: Sum(7, {"RUB": Decimal("100.50"), "USD": Decimal(3)}),
        Fate.VISITOR_NOT_FOUND: Sum(1, {"RUB": Decimal("0.25")}),
    }
    return Report(
        source="deals.csv",
        counter=17,
        uploadings=() if uploading is None else (uploading,),
        in_export=Sum(11, {}),
        fates=fates,
        money_not_readable=0,
        unknown_currency=0,
        reasons=(),
        remarks=(),
        by_source=(),
    )


def _read(path: Path) -> dict[tuple[str, ...], float]:
    """Every value by its name and the values of its labels, sorted by the labels' names."""
    with path.open(encoding="utf-8") as text:
        return {
            (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
            for family in text_fd_to_metric_families(text)
            for sample in family.samples
        }


def test_rows_money_uploadings_and_times_are_there(tmp_path: Path) -> None:
    done = Uploading(id=UploadingId(5), status=UploadStatus.PROCESSED)
    path = tmp_path / "visitjoin.prom"

    write_metrics(report_of(done), path, now=NOW, seconds=12.5)

    found = _read(path)
    rows = {key[2]: value for key, value in found.items() if key[0] == "visitjoin_send_rows"}
    assert rows.keys() == set(Fate)
    assert {fate for fate, value in rows.items() if value} == report_of(None).fates.keys()
    assert sum(rows.values()) == 11
    assert found["visitjoin_send_uploaded_money", "17", "RUB"] == 100.75
    assert found["visitjoin_send_uploaded_money", "17", "USD"] == 3
    assert found["visitjoin_send_uploadings", "17", "PROCESSED"] == 1
    assert found["visitjoin_send_uploadings", "17", "LINKAGE_FAILURE"] == 0
    assert found["visitjoin_send_last_success_timestamp_seconds", "17"] == NOW.timestamp()
    assert found["visitjoin_send_duration_seconds", "17"] == 12.5


def test_a_run_that_uploaded_nothing_has_no_uploading(tmp_path: Path) -> None:
    path = tmp_path / "visitjoin.prom"

    write_metrics(report_of(None), path, now=NOW, seconds=1)

    values = {key[2]: value for key, value in _read(path).items() if "uploadings" in key[0]}
    assert set(values.values()) == {0}


def test_the_file_before_is_replaced_and_no_draft_is_left(tmp_path: Path) -> None:
    path = tmp_path / "visitjoin.prom"
    path.write_text("what was there")

    write_metrics(report_of(None), path, now=NOW, seconds=1)

    assert "what was there" not in path.read_text()
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_nobody_would_collect_is_refused_before_the_run(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"must end with \.prom"):
        check_metrics_file(tmp_path / "visitjoin.txt")


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    path = tmp_path / "visitjoin.prom"
    path.mkdir()
    (path / "x").touch()

    with pytest.raises(SettingError, match="Metrics cannot be written to"):
        write_metrics(report_of(None), path, now=NOW, seconds=1)
