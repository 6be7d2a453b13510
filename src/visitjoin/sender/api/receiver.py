"""What our receiver can do beyond the API. Metrica must not be asked for any of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from visitjoin.contract.errors import SettingError
from visitjoin.contract.extension import (
    IDEMPOTENCY_KEY,
    OUTCOMES_PAGE,
    Correction,
    CorrectionsAnswer,
    CorrectionsBody,
    KeptCorrection,
    KeptCorrectionsAnswer,
    OutcomeRow,
    OutcomesAnswer,
    ReportAnswer,
    ReportRow,
    VisitsImported,
    VisitsImportedAnswer,
    fault_of_corrections,
)
from visitjoin.contract.uploads import FILE_PART, UploadingId
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.retry import retrying
from visitjoin.sender.api.transport import Request

_BEYOND: Final = "/visitjoin/v1/counter"


class Receiver:
    """The calls of our receiver that the API does not have, for the counter of a client."""

    def __init__(self, metrica: Metrica) -> None:
        """Raises SettingError where the client talks to Metrica itself."""
        if metrica.is_yandex:
            raise SettingError(
                "Yandex.Metrica has no such call: it takes a receiver of one's own (--api)."
            )
        self._transport = metrica.transport
        self._path = f"{_BEYOND}/{metrica.counter_id}"

    def import_visits(self, table: Path) -> VisitsImported:
        """Import visits from a Logs API export (TSV), a CSV or a Parquet file.

        Importing the same visits again counts them once, so an import may be repeated.
        """
        if not table.is_file():
            raise SettingError(f"There is no file {table}.")
        with table.open("rb") as body:
            request = Request(
                method="POST",
                path=f"{self._path}/visits",
                files={FILE_PART: (table.name, body, "application/octet-stream")},
                is_upload=True,
            )
            return self._transport.ask(request, VisitsImportedAnswer).visits

    def outcomes(
        self, uploading_id: UploadingId, *, offset: int = 0, limit: int = OUTCOMES_PAGE
    ) -> OutcomesAnswer:
        """A page of the rows of an uploading and their fate, in the order of the file."""
        request = Request(
            method="GET",
            path=f"{self._path}/uploading/{uploading_id}/outcomes",
            params={"offset": offset, "limit": limit},
        )
        return retrying(lambda: self._transport.ask(request, OutcomesAnswer))

    def all_outcomes(self, uploading_id: UploadingId) -> Iterator[tuple[OutcomeRow, ...]]:
        """All rows of an uploading and their fate, a page at a time."""
        offset = 0
        while True:
            page = self.outcomes(uploading_id, offset=offset)
            if not page.outcomes:
                return
            yield page.outcomes
            offset += len(page.outcomes)

    def download_outcomes(self, uploading_id: UploadingId, path: Path) -> None:
        """Write all rows of an uploading and their fates to a Parquet file, in no order.

        path: the file; it has the columns of `OutcomeRow`, and appears whole or not at all.
        """
        request = Request(
            method="GET",
            path=f"{self._path}/uploading/{uploading_id}/outcomes",
            params={"format": "parquet"},
            is_upload=True,
        )
        retrying(lambda: self._transport.download(request, path))

    def report(self) -> tuple[ReportRow, ...]:
        """Linked conversions and revenue by goal, traffic source and currency."""
        request = Request(method="GET", path=f"{self._path}/report")
        return retrying(lambda: self._transport.ask(request, ReportAnswer)).report

    def correct(
        self, corrections: Sequence[Correction], *, key: str | None = None
    ) -> CorrectionsAnswer:
        """Retract conversions or give them new prices: all of the corrections or none.

        corrections: at most 10,000. key: an Idempotency-Key; after OutcomeUnknown the same call
        under the same key is safe.

        Raises SettingError where a correction makes no sense.
        """
        if fault := fault_of_corrections(corrections):
            raise SettingError(fault)
        request = Request(
            method="POST",
            path=f"{self._path}/corrections",
            headers={IDEMPOTENCY_KEY: key} if key is not None else None,
            json=msgspec.to_builtins(CorrectionsBody(corrections=tuple(corrections))),
        )
        return self._transport.ask(request, CorrectionsAnswer)

    def corrections(
        self, *, limit: int = OUTCOMES_PAGE, offset: int = 0
    ) -> tuple[KeptCorrection, ...]:
        """The corrections of the counter, newest first. limit, offset: rows of the list, from 0."""
        request = Request(
            method="GET",
            path=f"{self._path}/corrections",
            params={"limit": limit, "offset": offset},
        )
        return retrying(lambda: self._transport.ask(request, KeptCorrectionsAnswer)).corrections
