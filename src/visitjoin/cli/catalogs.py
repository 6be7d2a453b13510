"""Where a receiver keeps its catalog: for the commands that run on its machine."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from visitjoin.cli.groups import SERVER
from visitjoin.receiver import Settings

CATALOG_VARIABLE: Final = "VISITJOIN_CATALOG"
"""Names a catalog in PostgreSQL; it may hold a password, so there is no option."""

Data = Annotated[Path, Parameter(env_var="VISITJOIN_DATA")]
"""The option that names the folder of everything a receiver keeps."""


@Parameter(name="*", group=SERVER)
@dataclass(frozen=True, kw_only=True)
class Kept:
    """The catalog of the receiver, as `visitjoin serve` was told to keep it."""

    data: Data
    """folder of everything the receiver keeps; VISITJOIN_CATALOG names a catalog elsewhere."""

    @property
    def url(self) -> str:
        """The catalog's URL."""
        return Settings(data=self.data, catalog_url=catalog_url()).catalog


def catalog_url() -> str | None:
    """The URL of the catalog as the variable has it; None for the file in the folder."""
    return os.environ.get(CATALOG_VARIABLE, "").strip() or None
