"""Obvious other names of columns, as CRMs and shops write them.

A header is compared without case, blanks and punctuation, so `Client ID`, `client_id` and
`clientid` are one name. What is not here is not guessed: `--column` names it.
"""

import re
from typing import Final

from visitjoin.contract.columns import Column

_NAMES: Final = {
    Column.CLIENT_ID: "client id, ym client id, ym uid, metrica client id, metrika client id, "
    "yandex client id, ya client id, clientid metrika, идентификатор клиента метрики",
    Column.USER_ID: "user id, customer id, crm id, ид пользователя, ид клиента",
    Column.YCLID: "yclid, ya clid, yandex click id, click id",
    Column.PURCHASE_ID: "purchase id, order id, order number, transaction id, номер заказа, "
    "ид заказа, заказ",
    Column.TARGET: "target, goal, goal id, event, event name, цель, событие",
    Column.DATE_TIME: "date time, datetime, date, time, timestamp, paid at, payment date, "
    "created at, closed at, conversion time, дата, время, дата и время, дата оплаты, дата создания",
    Column.PRICE: "price, amount, sum, revenue, value, total, order total, цена, сумма, выручка, "
    "стоимость, бюджет",
    Column.CURRENCY: "currency, currency code, валюта",
}


def _folded(header: str) -> str:
    return re.sub(r"[\W_]+", "", header.casefold())


_BY_NAME: Final = {
    _folded(name): column for column, names in _NAMES.items() for name in names.split(",")
}


def column_meant_by(header: str) -> Column | None:
    """Which column of the API a header obviously means, or None."""
    return _BY_NAME.get(_folded(header))
