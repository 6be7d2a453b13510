"""The answer of a query over SQLite or PostgreSQL, through ADBC, as a table.

Batches come by columns and go to a Parquet file as they come: memory holds a few of them. The
query is wrapped so that every column arrives in a type that keeps its digits.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote

import adbc_driver_manager
import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import pyarrow as pa

from visitjoin.contract.errors import SettingError, SourceError
from visitjoin.prepare.sources.address import without_password
from visitjoin.prepare.sources.batches import write_batches
from visitjoin.prepare.sources.columnar import open_parquet
from visitjoin.prepare.sources.source import Query
from visitjoin.prepare.sources.table import Table, column_names

_SQLITE: Final = "sqlite:///"
_POSTGRESQL: Final = ("postgresql://", "postgres://")

_ANSWER: Final = "answer_of_visitjoin"
"""What the user's query is called in ours: SQLite would confuse it with a table of that name."""

_ROWS_OF_A_BATCH: Final = {"adbc.sqlite.query.batch_rows": "20000"}
"""Of SQLite, whose driver's own 1,024 make a slow file. PostgreSQL's cuts at 16 MB by itself."""

_AS_THEY_ARE: Final = (
    *("bool", "int2", "int4", "int8", "float4", "float8"),
    *("text", "varchar", "bpchar", "date", "timestamp", "timestamptz"),
)
"""Types of PostgreSQL that the driver brings as such. Of the others some come as bytes of the wire
(inet, enums), numeric as a type of the driver's own, and money as a number of cents."""


def open_query(query: Query, folder: Path) -> Table:
    """Run a query, and open its answer, which is kept in `folder`.

    Raises SourceError where the database or the query fails, with the database's own message;
    SettingError where the address is of no database that we know.
    """
    answer = folder / "query.parquet"
    with _told_without_password(query), closing(_connect(query)) as connection:
        statement = _ROWS_OF_A_BATCH if _is_sqlite(query) else {}
        with closing(connection.cursor(adbc_stmt_kwargs=statement)) as cursor:
            sql = query.sql.strip().rstrip(";")
            if not _is_sqlite(query):
                # A `delete … returning` is a table too. A file of SQLite is opened for reading.
                cursor.execute("set transaction read only")
            # What is put together here is the user's own query and our own words.
            first = f"with {_ANSWER} as (\n{sql}\n) select * from {_ANSWER} limit 0"  # noqa: S608
            shape = _run(cursor, first).schema
            names = column_names(len(shape))
            form = _as_sqlite_text if _is_sqlite(query) else _as_exact_type
            forms = ", ".join(form(*column) for column in zip(names, shape, strict=True))
            named = f"{_ANSWER}({', '.join(names)}) as (\n{sql}\n)"
            batches = _run(cursor, f"with {named} select {forms} from {_ANSWER}")  # noqa: S608
            write_batches(batches, batches.schema, answer)
    return replace(open_parquet(answer), headers=tuple(shape.names))


def _is_sqlite(query: Query) -> bool:
    return query.uri.startswith(_SQLITE)


def _run(cursor: Any, sql: str) -> pa.RecordBatchReader:  # noqa: ANN401 - ADBC has no types
    cursor.execute(sql)
    return cursor.fetch_record_batch()


def _connect(query: Query) -> Any:  # noqa: ANN401 - ADBC has no types
    if query.uri.startswith(_POSTGRESQL):
        return adbc_driver_postgresql.dbapi.connect(query.uri)
    if not _is_sqlite(query):
        raise SettingError(
            "The address of a database begins with sqlite:/// or postgresql://. This one does not."
        )
    path = Path(unquote(query.uri.removeprefix(_SQLITE)))
    if not path.is_file():
        # SQLite would create it, and the query would find no table in it.
        raise SourceError("There is no such database file.", path=path)
    return adbc_driver_sqlite.dbapi.connect(f"file:{quote(str(path))}?mode=ro")


def _as_sqlite_text(name: str, _: pa.Field) -> str:
    """Any value of SQLite as text.

    Its columns have no types: the driver would take that of the first rows, make floats of
    integers that stand beside one, and fail at the first text among numbers. A column of nulls
    alone would be one of integers, so nulls become empty.
    """
    whole = f"typeof({name}) = 'real' and abs({name}) < {2**53}"
    return (
        "coalesce(case "
        f"when {whole} and {name} = cast({name} as integer) "
        f"then cast(cast({name} as integer) as text) "
        # Six decimals are all that a price may have.
        f"when {whole} then cast(round({name}, 6) as text) "
        f"else cast({name} as text) end, '') as {name}"
    )


def _as_exact_type(name: str, field: pa.Field) -> str:
    kind = (field.metadata or {}).get(b"POSTGRESQL:type", b"").decode()
    if kind in _AS_THEY_ARE:
        return name
    return f"{name}::numeric::text as {name}" if kind == "money" else f"{name}::text as {name}"


@contextmanager
def _told_without_password(query: Query) -> Iterator[None]:
    try:
        yield
    except (adbc_driver_manager.Error, pa.ArrowException, OSError) as error:
        told = without_password(_message(error), query.uri)
        # Not `from error`: a traceback would show the driver's text, and with it the address.
        raise SourceError(f"The query failed: {told}", path="query") from None


def _message(error: Exception) -> str:
    """The database's own words, in one line, without the query that stands below them."""
    text = str(error).split("\nQuery was:")[0].split("\nquery:")[0]
    return " ".join(text.split())
