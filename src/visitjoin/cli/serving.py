"""`visitjoin serve`: the receiver."""

import os
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from cyclopts.validators import Number

from visitjoin.cli import welcome
from visitjoin.cli.catalogs import catalog_url
from visitjoin.cli.console import say
from visitjoin.contract.errors import SettingError
from visitjoin.contract.quotas import LIMITS_OF_METRICA
from visitjoin.contract.window import UPLOAD_DELAY
from visitjoin.receiver import Settings
from visitjoin.receiver import serve as serve_receiver
from visitjoin.receiver.config import AUDIT_DAYS
from visitjoin.receiver.sandbox import Opened, serve_sandbox

ADMIN_TOKEN_VARIABLE: Final = "VISITJOIN_ADMIN_TOKEN"  # noqa: S105 - the name of a variable

HIGHEST_PORT: Final = 65_535
Hours = Annotated[float, Parameter(validator=Number(gte=0))]


def serve(
    *,
    data: Annotated[Path | None, Parameter(env_var="VISITJOIN_DATA")] = None,
    sandbox: bool = False,
    host: str = "127.0.0.1",
    port: Annotated[int, Parameter(validator=Number(gte=0, lte=HIGHEST_PORT))] = 8080,
    upload_delay_hours: Hours | None = None,
    older_answers: Annotated[bool, Parameter(negative=())] = False,
    memory_limit: str | None = None,
    late_visit_days: Annotated[float, Parameter(validator=Number(gte=0))] = 21,
    workers: Annotated[int, Parameter(validator=Number(gte=1))] = 1,
    lake: Annotated[str | None, Parameter(env_var="VISITJOIN_LAKE")] = None,
    quotas: bool = False,
    hits_per_second: Annotated[int | None, Parameter(validator=Number(gte=1))] = None,
    proxy: Annotated[list[str] | None, Parameter(negative=())] = None,
    audit_days: int = AUDIT_DAYS,
) -> None:
    """Run a receiver: a service that speaks Metrica's API and joins conversions to visits.

    The first start prints an administrator's token once, unless VISITJOIN_ADMIN_TOKEN gives one.
    VISITJOIN_CATALOG names a catalog in PostgreSQL; it may hold a password, so there is no option.
    Several receivers may share a catalog, a lake and a folder; each has a port of its own.

    Args:
        data: folder of everything it keeps; made where it is missing. A sandbox needs none.
        sandbox: run a sandbox: invented data that is gone when it stops, a clock to move, failures
            to order. Data, lake and catalog of a receiver are left alone.
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        upload_delay_hours: how long after tracking is enabled the first upload is taken; default
            24 in a sandbox, as at Metrica, otherwise 0.
        older_answers: answer uploadings without the fields that the API got last (type,
            linked_quantity, user_not_found_quantity, goal_not_found_quantity), for an old client
            that stumbles over them.
        memory_limit: how much memory a join may take, e.g. 2GB; default a quarter of the machine.
        late_visit_days: how long an uploading stays open to visits that are imported after it was
            processed; 0 links nothing late.
        workers: how many uploadings it works on at once; each join may take the memory limit.
        lake: folder or object store (s3://…) of the Delta tables; default a folder in `data`.
        quotas: refuse what Metrica would: more than 30 requests in a second from an address, 3 at
            once or 5,000 a day with a token, 5,000 a day of a counter.
        hits_per_second: how many requests with hits (/collect) an address may send in a second;
            who sends more is told to wait. Default any number: an office shares one address.
        proxy: address of a proxy before it, which is believed when it says for whom it asks
            (X-Forwarded-For); may be given several times.
        audit_days: for how many days it is remembered who wrote what.
    """
    if data is None and not sandbox:
        raise SettingError(
            "visitjoin serve needs --data, or the variable VISITJOIN_DATA; or --sandbox, to try it."
        )
    if upload_delay_hours is None:
        upload_delay = UPLOAD_DELAY if sandbox else timedelta(0)
    else:
        upload_delay = timedelta(hours=upload_delay_hours)
    settings = Settings(
        data=data or Path(),
        host=host,
        port=port,
        upload_delay=upload_delay,
        older_answers=older_answers,
        memory_limit=memory_limit,
        late_visits=timedelta(days=late_visit_days),
        workers=workers,
        catalog_url=catalog_url(),
        lake_url=lake,
        quotas=LIMITS_OF_METRICA if quotas else None,
        hits_per_second=hits_per_second,
        proxies=tuple(proxy or ()),
        audit_retention=timedelta(days=audit_days),
        admin_token=os.environ.get(ADMIN_TOKEN_VARIABLE) or None,
    )
    if sandbox:
        serve_sandbox(settings, on_open=_welcome)
    else:
        serve_receiver(settings, on_start=partial(say, even_if_quiet=True))


def _welcome(opened: Opened) -> None:
    say(welcome.text(opened), even_if_quiet=True)
