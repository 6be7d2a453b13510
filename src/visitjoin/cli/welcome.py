"""What a sandbox says when it starts: what is in it, and a line that shows it at work."""

from datetime import timedelta
from typing import Final

from visitjoin.contract.plural import counted
from visitjoin.contract.sandbox import SandboxState, SeededVisit
from visitjoin.receiver.sandbox import Opened

_TEXT: Final = """\
Listening on {address}
A sandbox: all of it is invented, and gone when it stops (Ctrl-C).

token    {token}
counter  {counter}
goals    {targets}
visits   {visits}

Upload a conversion, and see to which visit it was linked:

{line}

See it in a browser: {address}/ and sign in with the token.

The same for the commands of visitjoin:

export VISITJOIN_API={address} VISITJOIN_TOKEN={token} VISITJOIN_COUNTER={counter}

Move its clock, let it fail, begin anew: visitjoin sandbox --help
"""

# 409 is answered until the uploading is processed, which takes a moment. No answer ends its line.
_LINE: Final = (
    "printf 'ClientId,Target,DateTime,Price,Currency\\n{row}\\n' | "
    "curl -sS -w '\\n' -H 'Authorization: OAuth {token}' -F 'file=@-;filename=deals.csv' "
    "{address}/management/v1/counter/{counter}/offline_conversions/upload && "
    "curl -s --fail --retry 9 --retry-all-errors -H 'Authorization: OAuth {token}' "
    "'{address}/visitjoin/v1/counter/{counter}/uploading/1/outcomes?pretty=1'"
)


def text(opened: Opened) -> str:
    """The whole of it. The line can be copied into a shell as it is."""
    state = opened.state
    sold = state.now - timedelta(minutes=5)
    row = f"{state.visits[-1].client_id},{state.targets[0]},{int(sold.timestamp())},990.50,RUB"
    names = {"address": opened.address, "token": opened.token, "counter": state.counter}
    return _TEXT.format(
        **names,
        targets=", ".join(state.targets),
        visits="\n         ".join(_told(visit, state) for visit in reversed(state.visits)),
        line=_LINE.format(**names, row=row),
    ).rstrip()


def _told(visit: SeededVisit, state: SandboxState) -> str:
    ago = (state.now - visit.started_at) / timedelta(days=1)
    known = {
        "UserId": visit.user_id,
        "Yclid": visit.yclid,
        "PurchaseId": visit.purchase_id,
    }
    more = "".join(f", {name} {value}" for name, value in known.items() if value)
    when = f"{counted(round(ago), 'day')} ago" if ago >= 1 else "today"
    return f"{when:<12} {visit.traffic_source:<10} ClientId {visit.client_id}{more}"
