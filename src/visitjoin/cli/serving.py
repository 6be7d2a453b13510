"""`visitjoin serve`: the receiver."""

import os
from datetime import timedelta
from functools import partial
from typing import Annotated, Final

from cyclopts import Parameter

from visitjoin.cli.catalogs import Data, catalog_url
from visitjoin.cli.console import say
from visitjoin.receiver import Settings
from visitjoin.receiver import serve as serve_receiver

ADMIN_TOKEN_VARIABLE: Final = "VISITJOIN_ADMIN_TOKEN"  # noqa: S105 - the name of a variable


def serve(
    *,
    data: Data,
    catalog: str | None = None,
    lake: Annotated[str | None, Parameter(env_var="VISITJOIN_LAKE")] = None,
    host: str = "127.0.0.1",
    port: int = 8080,
    upload_delay_hours: float = 0,
    memory_limit: str | None = None,
) -> None:
    """Run a receiver: a service that speaks Metrica's API and joins conversions to visits.

    The first start prints an administrator's token once, unless VISITJOIN_ADMIN_TOKEN gives one.

    Args:
        data: folder of everything it keeps; made where it is missing.
        catalog: address of a catalog in PostgreSQL; default VISITJOIN_CATALOG, or a SQLite file in
            --data. A password stands in that variable or in ~/.pgpass, never in an argument.
        lake: folder or s3://bucket/prefix of the Delta tables; default a folder in --data. The
            keys of an object store stand in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
        host: address to listen on.
        port: port to listen on.
        upload_delay_hours: how long after tracking is enabled the first upload is taken; 24 at
            Metrica, 0 here.
        memory_limit: how much memory a join may take, e.g. 2GB; default a quarter of the machine.
    """
    settings = Settings(
        data=data,
        catalog_url=catalog_url(catalog),
        lake_url=lake,
        host=host,
        port=port,
        upload_delay=timedelta(hours=upload_delay_hours),
        memory_limit=memory_limit,
        admin_token=os.environ.get(ADMIN_TOKEN_VARIABLE) or None,
    )
    serve_receiver(settings, on_start=partial(say, even_if_quiet=True))
