"""Write the example tables of this folder: the demo's own, and exports of three programs.

    python examples/write.py

All are as of one fixed day. The people, their orders and their identifiers are invented.
"""

# ruff: noqa: RUF001 - the tables of our users are in Russian

import csv
from collections.abc import Sequence
from datetime import datetime
from io import StringIO
from pathlib import Path

from visitjoin.cli import story

AS_OF = datetime(2026, 11, 20, 12, 0, tzinfo=story.ZONE)
HERE = Path(__file__).parent

RUBLE = "Российский рубль"

# A deal of Bitrix24: its number, stage, amount, currency and closing date, a ClientID and a click.
BITRIX24 = (
    ("1041", "Сделка успешна", "12990.50", RUBLE, "09.11.2026", "1793200000123456789", ""),
    ("1042", "Сделка успешна", "7400", RUBLE, "11.11.2026", "", "9715500000000000321"),
    # In other stages: no conversions yet, or never.
    ("1043", "Новая", "", RUBLE, "27.11.2026", "1793300000223456781", ""),
    ("1044", "Финальный счёт", "24000", RUBLE, "30.11.2026", "1793400000323456782", ""),
    ("1045", "Сделка провалена", "3150", RUBLE, "12.11.2026", "1793500000423456783", ""),
    # Won on the telephone: nobody's ClientID.
    ("1046", "Сделка успешна", "15000", RUBLE, "13.11.2026", "", ""),
    # Won today: 23:59 is still to come.
    ("1047", "Сделка успешна", "5600", RUBLE, "20.11.2026", "1793600000523456784", ""),
    ("1048", "Сделка успешна", "100", "Доллар США", "14.11.2026", "1793700000823456787", ""),
)  # fmt: skip

# A deal of amoCRM: its number, budget, closing time and stage; the ClientID of the deal, the click,
# the ClientID of the contact.
AMOCRM = (
    ("30501", "12990", "15.11.2026 18:04:11", "Успешно реализовано", "1793200000123456789", "", ""),
    ("30502", "7400", "16.11.2026 09:30:00", "Успешно реализовано", "", "9715500000000000654", ""),
    ("30503", "3150", "не закрыта", "Переговоры", "1793300000223456781", "", ""),
    ("30504", "24000", "14.11.2026 12:00:00", "Закрыто и не реализовано", "", "", ""),
    ("30505", "5600", "17.11.2026 20:15:00", "Успешно реализовано", "", "", "1793600000523456784"),
    # A spreadsheet took the ClientID for a number on its way.
    ("30506", "990", "17.11.2026 21:00:00", "Успешно реализовано", "1.79351E+18", "", ""),
    # The budget was never filled in: a conversion without a price.
    ("30507", "", "18.11.2026 10:00:00", "Успешно реализовано", "1793700000823456787", "", ""),
)  # fmt: skip

# An order of 1C: its number and time, whether it is posted, its sum and currency, its number on the
# site, a ClientID.
ONE_C = (
    ("0000-000412", "12.11.2026 9:05:00", "Да", "12\u00a0990,50", "руб.", "A-1042", ""),
    ("0000-000413", "12.11.2026 18:40:27", "Да", "990,00", "руб.", "", "1793600000523456784"),
    # Not posted: the order was never confirmed.
    ("0000-000414", "13.11.2026 10:00:00", "Нет", "3\u00a0150,00", "руб.", "A-1043", ""),
    ("0000-000415", "13.11.2026 11:11:11", "Да", "1\u00a0224\u00a0000,00", "RUB", "A-1044", ""),
    # No number on the site: that of the document stands in.
    ("0000-000416", "14.11.2026 0:00:00", "Да", "75,90", "USD", "", ""),
    # A return is written as a negative sale.
    ("0000-000417", "15.11.2026 12:30:00", "Да", "-990,00", "руб.", "A-1042", ""),
)


def bitrix24_csv() -> str:
    """The list of deals as Bitrix24 exports it: semicolons, everything in quotes."""
    headers = (
        *("ID", "Название сделки", "Тип", "Стадия сделки", "Сумма", "Валюта", "Дата создания"),
        *("Дата изменения", "Предполагаемая дата закрытия", "Ответственный", "Контакт"),
        *("Яндекс.Метрика ClientID", "yclid"),
    )
    rows = [
        (
            *(deal, f"Заказ с сайта №{deal}", "Продажа", stage, amount, currency),
            *("05.11.2026 10:15:00", "19.11.2026 16:20:00", closing, "Ольга Иванова", ""),
            *(client, click),
        )
        for deal, stage, amount, currency, closing, client, click in BITRIX24
    ]
    return as_csv([headers, *rows], ";", in_quotes=True)


def amocrm_csv() -> str:
    """The list of deals as amoCRM exports it: commas, everything in quotes, `_ym_uid` twice."""
    headers = (
        *("ID", "Название сделки", "Бюджет ₽", "Ответственный", "Дата создания", "Кем создана"),
        *("Дата редактирования", "Дата закрытия", "Теги", "Этап сделки", "Воронка"),
        *("Основной контакт", "utm_source", "_ym_uid", "_ym_counter", "yclid", "_ym_uid"),
    )
    rows = [
        (
            *(deal, f"Сделка #{deal}", budget, "Ольга Иванова", "05.11.2026 10:15:00"),
            *("Ольга Иванова", "19.11.2026 16:20:00", closed, "сайт", stage, "Продажи"),
            *("", "yandex", client, "2215573", click, of_contact),
        )
        for deal, budget, closed, stage, client, click, of_contact in AMOCRM
    ]
    return as_csv([headers, *rows], ",", in_quotes=True)


def one_c_csv() -> str:
    """A list of orders as 1C writes it: no-break spaces between thousands, decimal commas."""
    headers = (
        *("Номер", "Дата", "Проведен", "Контрагент", "Сумма документа", "Валюта", "Организация"),
        *("Номер заказа на сайте", "ClientID Яндекс.Метрики", "Комментарий"),
    )
    rows = [
        (*order[:3], "Частное лицо", *order[3:5], "ООО Пример", *order[5:], "") for order in ONE_C
    ]
    return as_csv([headers, *rows], ";", in_quotes=False)


def as_csv(rows: Sequence[Sequence[str]], separator: str, *, in_quotes: bool) -> str:
    """A CSV with a byte-order mark and the line ends of Windows. in_quotes: every cell."""
    text = StringIO()
    csv.writer(
        text,
        delimiter=separator,
        lineterminator="\r\n",
        quoting=csv.QUOTE_ALL if in_quotes else csv.QUOTE_MINIMAL,
    ).writerows(rows)
    return "\ufeff" + text.getvalue()


TABLES = {
    "deals.csv": story.deals_csv(AS_OF),
    "visits.csv": story.visits_csv(AS_OF),
    "bitrix24.csv": bitrix24_csv(),
    "amocrm.csv": amocrm_csv(),
    "1c.csv": one_c_csv(),
}

if __name__ == "__main__":
    for name, table in TABLES.items():
        (HERE / name).write_text(table, encoding="utf-8", newline="")
