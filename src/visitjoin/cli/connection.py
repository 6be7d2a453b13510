"""Which server, which counter, whose token: the options that most commands share."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from visitjoin.contract.errors import SettingError
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.transport import METRICA, server_of
from visitjoin.sender.ledger.ledger import Owner
from visitjoin.sender.ledger.place import VARIABLE as LEDGERS_VARIABLE
from visitjoin.sender.ledger.place import ledger_of

TOKEN_VARIABLE: Final = "VISITJOIN_TOKEN"  # noqa: S105 - the name of a variable, not a token


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Server:
    """The server to talk to."""

    api: Annotated[str, Parameter(env_var="VISITJOIN_API")] = METRICA
    """Address of the server: Yandex.Metrica's, or that of a receiver of one's own."""

    token_file: Annotated[Path | None, Parameter(env_var="VISITJOIN_TOKEN_FILE")] = None
    """File that holds the token, where VISITJOIN_TOKEN does not."""

    def open(self, counter: int = 0) -> Metrica:
        """A client for this server. Raises SettingError where there is no token."""
        return Metrica(counter=counter, token=_token(self.token_file), base_url=self.api)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Owned:
    """Whose ledger it is: a counter of a server. No request is made, and no token is needed."""

    api: Annotated[str, Parameter(env_var="VISITJOIN_API")] = METRICA
    """Address of the server: Yandex.Metrica's, or that of a receiver of one's own."""

    counter: Annotated[int, Parameter(env_var="VISITJOIN_COUNTER")]
    """Number of the counter."""

    @property
    def owner(self) -> Owner:
        """The counter and the server as a ledger knows it."""
        return Owner(server=server_of(self.api), counter=self.counter)

    def ledger(self, folder: Path | None) -> Path:
        """The file of the ledger. folder: of the ledgers; None for that of this user."""
        return ledger_of(self.owner.server, self.counter, folder)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Connection(Server):
    """A server, and one counter on it."""

    counter: Annotated[int, Parameter(env_var="VISITJOIN_COUNTER")]
    """Number of the counter."""

    def connect(self) -> Metrica:
        """A client for this counter. Raises SettingError where there is no token."""
        return self.open(self.counter)

    @property
    def owned(self) -> Owned:
        """What of it names a ledger."""
        return Owned(api=self.api, counter=self.counter)


Json = Annotated[bool, Parameter(name="--json", negative=())]
"""The switch that every command has: print JSON instead of text."""


Ledgers = Annotated[Path | None, Parameter(env_var=LEDGERS_VARIABLE)]
"""The folder of the ledgers of what was sent."""


def _token(file: Path | None) -> str:
    if token := os.environ.get(TOKEN_VARIABLE, "").strip():
        return token
    if file is None:
        raise SettingError(
            f"No token. Set {TOKEN_VARIABLE}, or name a file that holds it with --token-file."
        )
    try:
        token = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingError(f"The token file {file} cannot be read: {error.strerror}.") from error
    if not token:
        raise SettingError(f"The token file {file} is empty.")
    return token
