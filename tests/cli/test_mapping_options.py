"""--mapping, --preset and `init`, and what the other options say over them."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from visitjoin.cli.init import init
from visitjoin.cli.reading import Reading
from visitjoin.contract.columns import Column
from visitjoin.contract.errors import SettingError, SourceError
from visitjoin.prepare import prepare

STAGED = """
timezone = "Asia/Almaty"

[columns]
ClientId = "Client"
Price = "Amount"

[constants]
Currency = "KZT"

[targets]
column = "Stage"
goals = { won = "deal_won", paid = "deal_paid", new = "" }
"""


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    (tmp_path / "m.toml").write_text(STAGED, encoding="utf-8")
    return tmp_path / "m.toml"


def test_without_options_the_file_says_it_all(staged: Path) -> None:
    reading = Reading(mapping_file=staged)

    assert reading.mapping.columns == {Column.CLIENT_ID: "Client", Column.PRICE: "Amount"}
    assert reading.zone == ZoneInfo("Asia/Almaty")


def test_options_go_over_the_file(staged: Path) -> None:
    reading = Reading(
        mapping_file=staged, column=["Price=Paid"], currency="USD", timezone="Europe/Moscow"
    )

    assert reading.mapping.columns == {Column.CLIENT_ID: "Client", Column.PRICE: "Paid"}
    assert reading.mapping.constants == {Column.CURRENCY: "USD"}
    assert reading.mapping.zone == reading.zone == ZoneInfo("Europe/Moscow")


def test_a_column_goes_over_a_constant_of_the_file(staged: Path) -> None:
    assert Reading(mapping_file=staged, column=["Currency=Cur"]).mapping.constants == {}


def test_another_target_never_sends_what_the_file_leaves_out(staged: Path) -> None:
    targets = Reading(mapping_file=staged, target="sale").mapping.targets

    assert targets is not None
    assert targets.goals == {"won": "sale", "paid": "sale"}


def test_a_preset_is_a_mapping_too() -> None:
    targets = Reading(preset="amocrm", target="sale").mapping.targets

    assert targets is not None
    assert targets.goals == {"Успешно реализовано": "sale"}


def test_two_ways_to_the_target_are_one_too_many(staged: Path) -> None:
    with pytest.raises(SettingError, match="there would be two"):
        _ = Reading(mapping_file=staged, column=["Target=Goal"]).mapping


def test_a_file_and_a_preset_are_one_too_many(staged: Path) -> None:
    with pytest.raises(SettingError, match="visitjoin init --preset 1c"):
        _ = Reading(mapping_file=staged, preset="1c").mapping


def test_init_does_not_overwrite_unless_it_is_told_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, output = tmp_path / "deals.csv", tmp_path / "mapping.toml"
    source.write_text("ClientId,Target,DateTime\n17,t,1794690000\n")
    init(source, output=output)
    written = output.read_text(encoding="utf-8")
    output.write_text("mine")

    with pytest.raises(SettingError, match="is there already"):
        init(source, output=output)
    assert output.read_text() == "mine"

    init(source, output=output, force=True)
    assert output.read_text(encoding="utf-8") == written
    assert f"visitjoin send {source} --mapping {output}" in capsys.readouterr().out


def test_init_says_where_it_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"--output .*no.mapping.toml cannot be written"):
        init(preset="1c", output=tmp_path / "no" / "mapping.toml")


def test_init_copies_a_preset(tmp_path: Path) -> None:
    init(preset="bitrix24", output=tmp_path / "m.toml")

    assert Reading(mapping_file=tmp_path / "m.toml").mapping.key == ("ID", "ID сделки")


def test_init_wants_a_table_or_a_preset(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="Name a table, or a preset"):
        init(output=tmp_path / "m.toml")
    with pytest.raises(SettingError, match="Name a table, or a preset"):
        init(tmp_path / "deals.csv", preset="1c", output=tmp_path / "m.toml")


def test_a_header_that_an_option_names_must_be_there_though_those_of_a_preset_need_not(
    tmp_path: Path,
) -> None:
    table = tmp_path / "deals.csv"
    table.write_text("ID;ClientID;Стадия;Дата закрытия;Сумма\n1;17;Сделка успешна;03.11.2026;5\n")
    wanted = Reading(preset="bitrix24", column=["Price=Сума"]).mapping

    with pytest.raises(SourceError) as error:
        prepare(
            table,
            conversions=tmp_path / "out.csv",
            rejects=None,
            now=datetime(2026, 11, 4, tzinfo=UTC),
            mapping=wanted,
        )

    assert 'no column "Сума", which --column Price names. Did you mean "Сумма"?' in str(error.value)
