"""Where a receiver keeps its catalog: the options of the commands that run on its machine."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from visitjoin.cli.groups import SERVER
from visitjoin.contract.errors import SettingError
from visitjoin.prepare.sources import has_password
from visitjoin.receiver import Settings

CATALOG_VARIABLE: Final = "VISITJOIN_CATALOG"

Data = Annotated[Path, Parameter(env_var="VISITJOIN_DATA")]
"""The option that names the folder of everything a receiver keeps."""


@Parameter(name="*", group=SERVER)
@dataclass(frozen=True, kw_only=True)
class Kept:
    """The catalog of the receiver, as `visitjoin serve` was told to keep it."""

    data: Data
    """folder of everything the receiver keeps, as serve has it."""

    catalog: str | None = None
    """address of its catalog, where serve has one; default VISITJOIN_CATALOG, or a file in --data.
    A password stands in that variable or in ~/.pgpass, never in an argument."""

    @property
    def url(self) -> str:
        """The catalog's URL. Raises SettingError where an argument holds a password."""
        return Settings(data=self.data, catalog_url=catalog_url(self.catalog)).catalog


def catalog_url(option: str | None) -> str | None:
    """The catalog's URL: the option's, or the variable's; None for the file in the folder.

    Raises SettingError where the option holds a password.
    """
    if option is not None and has_password(option):
        raise SettingError(
            "The password of a catalog does not belong in an argument, where other users of the "
            f"machine can read it. Put the address in {CATALOG_VARIABLE}, or the password in "
            "PGPASSWORD or ~/.pgpass."
        )
    return option or os.environ.get(CATALOG_VARIABLE, "").strip() or None
