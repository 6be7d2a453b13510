"""The mapping that `init` writes from a table."""

import csv
from io import StringIO
from pathlib import Path

import pytest

from visitjoin.cli import story
from visitjoin.contract.columns import Column
from visitjoin.contract.errors import SettingError, SourceError
from visitjoin.prepare.draft import draft_mapping
from visitjoin.prepare.mapping_file import mapping_of

from .conftest import NOW, Check

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
CRM = (
    "ID;Название сделки;Стадия сделки;Сумма;Валюта;Дата создания;Дата закрытия;Ответственный;"
    "Телефон;E-mail;Яндекс Метрика ClientID\n"
    "12;Шкаф;Сделка успешна;12 990,50;RUB;03.11.2026 10:15:00;15.11.2026;Ольга Иванова;"
    "+7 916 123-45-67;olga@example.com;1793200000123456789\n"
    "13;Стол;Новая;1 990,50;RUB;04.11.2026 10:15:00;;Ольга Иванова;89161234567;;"
    "1793200000123456788\n"
    "14;Стул;Сделка успешна;90,50;RUB;04.11.2026 10:15:00;16.11.2026;Ольга Иванова;;;"
    "1793200000123456787\n"
    "15;Полка;Новая;90,50;RUB;05.11.2026 10:15:00;;Ольга Иванова;;;1793200000123456786\n"
)


def draft(table: str, tmp_path: Path) -> str:
    source = tmp_path / "table.csv"
    source.write_text(table, encoding="utf-8", newline="")
    return draft_mapping(source)


@pytest.mark.parametrize(
    "table",
    [
        story.deals_csv(NOW),
        "ClientId,Target,DateTime,Price\n17,order_paid,1794690000,5\n",
        "ClientId,Target,DateTime\n17,order_paid,2026-11-03 14:05\n,x,2026-11-03 14:06\n",
        # An empty key in one row: to take the column as the key would reject what is sound.
        "Deal,ClientId,Target,DateTime\n,17,t,1794690000\nD-2,18,t,1794690000\n",
        # A stage beside a Target, and the same deal twice.
        "Deal;ClientId;Goal;Stage;Date\n1;17;t;won;1794690000\n1;18;t;new;1794690001\n",
        "ClientId,Goal,Target,Event,DateTime\n17,a,b,c,1794690000\n",
        # Uneven rows, blank ones, and more columns than anybody needs.
        "ClientId,Target,DateTime,Note\n17,t,1794690000\n\n18,t,1794690000,a,b\n",
        'Клиент;Номер заказа;Цель;Дата оплаты;Сумма\n"И; О";A-1;t;03.11.2026 14:05;12 990,50\n',
    ],
)
def test_where_the_table_alone_would_do_the_draft_reads_the_same(
    check: Check, tmp_path: Path, table: str
) -> None:
    alone = check(table)

    mapping = mapping_of(draft(table, tmp_path), origin="m.toml")
    drafted = check(table, mapping=mapping)

    assert [row | {"key": None} for row in drafted.conversions] == [
        row | {"key": None} for row in alone.conversions
    ]
    assert drafted.rejects == alone.rejects


def test_each_column_is_listed_with_what_it_was_taken_for_and_why(tmp_path: Path) -> None:
    lines = {
        line.split('"')[1]: line for line in draft(CRM, tmp_path).splitlines() if '#   "' in line
    }

    assert list(lines) == next(csv.reader(StringIO(CRM), delimiter=";"))
    assert "key       its name; filled in every row and never twice" in lines["ID"]
    assert (
        'stage     its name and its few values; such as "Сделка успешна"' in lines["Стадия сделки"]
    )
    assert "ClientId  its name and its values" in lines["Яндекс Метрика ClientID"]
    assert 'Price     an obvious other name; such as "12 990,50"' in lines["Сумма"]
    assert "could be DateTime as well" in lines["Дата создания"]


def test_nothing_personal_is_quoted(tmp_path: Path) -> None:
    text = draft(CRM, tmp_path)

    for personal in ("1793200000", "916", "olga", "@", "Ольга", "Иванова", "Шкаф"):
        assert personal not in text


def test_the_values_of_a_stage_are_there_to_be_filled_in(tmp_path: Path, check: Check) -> None:
    text = draft(CRM, tmp_path)
    with pytest.raises(SettingError, match="gives no Target yet"):
        mapping_of(text, origin="m.toml")

    edited = text.replace('"Сделка успешна" = ""', '"Сделка успешна" = "deal_won"')
    result = check(CRM, mapping=mapping_of(edited, origin="m.toml"))

    assert [(row["key"], row["target"]) for row in result.conversions] == [
        ("12", "deal_won"),
        ("14", "deal_won"),
    ]
    assert result.prepared.left_out == 2


def test_of_several_times_the_one_nearest_to_the_money_is_taken(tmp_path: Path) -> None:
    text = draft(CRM, tmp_path)

    assert 'DateTime = "Дата закрытия"' in text
    assert 'dates_at = "23:59"' in text


def test_what_only_a_person_knows_is_a_to_do(tmp_path: Path) -> None:
    text = draft("Deal,Amount\nD-1,5\nD-2,6\n", tmp_path)

    assert text.count("# TO DO") == 3
    with pytest.raises(SettingError, match=r"constants\.Target is empty"):
        mapping_of(text, origin="m.toml")


def test_the_zone_is_named_only_by_the_person_and_only_for_local_times(tmp_path: Path) -> None:
    local = draft("ClientId,Target,DateTime\n17,t,2026-11-03 14:05\n", tmp_path)
    seconds = draft("ClientId,Target,DateTime\n17,t,1794690000\n", tmp_path)

    assert '# timezone = "Europe/Moscow"' in local
    assert "timezone" not in seconds


@pytest.mark.parametrize("name", ["bitrix24", "amocrm", "1c"])
def test_the_exports_of_crms_are_understood_up_to_the_goal(name: str) -> None:
    text = draft_mapping(EXAMPLES / f"{name}.csv")
    for stage in ("Сделка успешна", "Успешно реализовано", "Да"):
        text = text.replace(f'"{stage}" = ""', f'"{stage}" = "won"')
    mapping = mapping_of(text.replace('Target = ""', 'Target = "won"'), origin="m.toml")

    assert {Column.CLIENT_ID, Column.DATE_TIME, Column.PRICE} <= set(mapping.columns)
    assert mapping.targets is not None


def test_a_table_without_a_header_is_an_error_that_shows_no_identifier(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="looks like a row") as error:
        draft("1793200000123456789,order_paid,1794690000\n18,t,1794690000\n", tmp_path)

    assert "1793200000123456789" not in str(error.value)


def test_a_table_without_rows_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no rows under the header"):
        draft("ClientId,Target,DateTime\n", tmp_path)


def test_one_repeated_text_among_times_is_as_empty(tmp_path: Path) -> None:
    """amoCRM writes so of every deal that is not closed, and most are not."""
    deals = "".join(f"{n},17,не закрыта,01.11.2026 10:00:00\n" for n in range(20))
    closed = "99,17,15.11.2026 18:04:11,01.11.2026 10:00:00\n"

    text = draft(f"ID,_ym_uid,Дата закрытия,Дата создания\n{deals}{closed}", tmp_path)

    assert 'DateTime = "Дата закрытия"' in text


def test_uneven_rows_far_below_are_no_obstacle(tmp_path: Path) -> None:
    rows = "".join(f"{n},t,1794690000\n" for n in range(10_100))

    text = draft(f"ClientId,Target,DateTime\n{rows}17,t,1794690000,beyond\n", tmp_path)

    assert 'ClientId = "ClientId"' in text


def test_a_day_of_birth_is_neither_shown_nor_taken_for_a_conversion(tmp_path: Path) -> None:
    text = draft("ClientId,Target,Дата рождения\n17,t,01.02.1990\n18,t,02.03.1991\n", tmp_path)

    assert "1990" not in text
    assert "when did it happen?" in text


def test_currencies_with_other_names_are_translated_where_they_are_known(tmp_path: Path) -> None:
    text = draft(
        "ClientId;Target;DateTime;Price;Валюта\n17;t;1794690000;5;руб.\n"
        "18;t;1794690000;5;руб.\n19;t;1794690000;5;тугрик\n20;t;1794690000;5;тугрик\n",
        tmp_path,
    )

    assert '"руб." = "RUB"' in text
    assert '# "тугрик" = "RUB"' in text


def test_of_an_order_number_only_the_form_is_shown(tmp_path: Path) -> None:
    text = draft("Order ID;Target;DateTime\nAB-1042;t;1794690000\nAB-1043;t;1794690000\n", tmp_path)

    assert 'written as "aa-9999"' in text
    assert "1042" not in text


def test_a_price_that_is_none_is_not_shown_for_it_may_be_anything(tmp_path: Path) -> None:
    rows = "".join(f"17;t;1794690000;{n},50\n" for n in range(20))

    text = draft(f"ClientId;Target;DateTime;Price\n17;t;1794690000;Ольга\n{rows}", tmp_path)

    assert "Ольга" not in text
    assert 'such as "0,50", "1,50", "2,50"' in text
