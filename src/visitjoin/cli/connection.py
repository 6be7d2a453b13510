"""Which server, which counter, whose token: the options that most commands share."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from visitjoin.cli.console import remark
from visitjoin.cli.groups import SERVER, WRITING
from visitjoin.contract.clock import system_clock
from visitjoin.contract.uploads import UploadType
from visitjoin.sender.api.address import METRICA
from visitjoin.sender.api.client import Metrica
from visitjoin.sender.api.transport import Endpoint
from visitjoin.sender.ledger.ledger import Owner
from visitjoin.sender.ledger.place import VARIABLE as LEDGERS_VARIABLE
from visitjoin.sender.ledger.place import ledger_of
from visitjoin.sender.tokens.expiry import warning_of_expiry
from visitjoin.sender.tokens.store import find_token
from visitjoin.sender.tokens.token import Found

Api = Annotated[str, Parameter(env_var="VISITJOIN_API")]
"""The option that names the server."""


@Parameter(name="*", group=SERVER)
@dataclass(frozen=True, kw_only=True)
class Server:
    """The server to talk to."""

    api: Api = METRICA
    """address of the server: Yandex.Metrica's, or that of a receiver of one's own."""

    token_file: Annotated[Path | None, Parameter(env_var="VISITJOIN_TOKEN_FILE")] = None
    """file that holds the token, where VISITJOIN_TOKEN does not."""

    def find_token(self) -> Found:
        """The token for this server, and where it was found.

        Says where it ends soon. Raises SettingError where there is none, or it has ended.
        """
        found = find_token(self.api, token_file=self.token_file)
        if warning := warning_of_expiry(found, system_clock()):
            remark(warning)
        return found

    def open(self, counter: int = 0, *, found: Found | None = None) -> Metrica:
        """A client for this server. found: its token, where it was looked for already.

        Raises SettingError where there is no token.
        """
        token = (found or self.find_token()).token
        return Metrica(counter=counter, token=token.secret, base_url=self.api)


@Parameter(name="*", group=SERVER)
@dataclass(frozen=True, kw_only=True)
class Owned:
    """Whose ledger it is: a counter of a server. No request is made, and no token is needed."""

    api: Annotated[str, Parameter(env_var="VISITJOIN_API")] = METRICA
    """address of the server: Yandex.Metrica's, or that of a receiver of one's own."""

    counter: Annotated[int, Parameter(env_var="VISITJOIN_COUNTER")]
    """number of the counter."""

    @property
    def owner(self) -> Owner:
        """The counter and the server as a ledger knows it."""
        return Owner(server=Endpoint(self.api).name, counter=self.counter)

    def ledger(self, folder: Path | None) -> Path:
        """The file of the ledger. folder: of the ledgers; None for that of this user."""
        return ledger_of(self.owner.server, self.counter, folder)


@Parameter(name="*", group=SERVER)
@dataclass(frozen=True, kw_only=True)
class Connection(Server):
    """A server, and one counter on it."""

    counter: Annotated[int, Parameter(env_var="VISITJOIN_COUNTER")]
    """number of the counter."""

    def connect(self, *, found: Found | None = None) -> Metrica:
        """A client for this counter. As `open`."""
        return self.open(self.counter, found=found)

    @property
    def owned(self) -> Owned:
        """What of it names a ledger."""
        return Owned(api=self.api, counter=self.counter)


RowType = Annotated[UploadType, Parameter(name="--type")]
"""What rows are: basic conversions, calls or chats."""

Json = Annotated[bool, WRITING, Parameter(name="--json", negative=())]
"""The switch that every command has: print JSON instead of text."""


Ledgers = Annotated[Path | None, Parameter(env_var=LEDGERS_VARIABLE, group=SERVER)]
"""The folder of the ledgers of what was sent."""
