"""The visits of a counter: the latest, and where they came from."""

from litestar import get
from litestar.params import FromQuery
from litestar.response import Template

from visitjoin.receiver.console.drawn import source_name
from visitjoin.receiver.console.given import GivenDerived
from visitjoin.receiver.console.pages import page
from visitjoin.receiver.console.questions import LATEST_VISITS, visits_of
from visitjoin.receiver.console.sessions import NEEDS
from visitjoin.receiver.door.rights import Right
from visitjoin.receiver.routes.given import AnyRequest, GivenCounter


@get("/counter/{counter_id:int}/visits", opt={NEEDS: Right.LOOK}, sync_to_thread=True)
def show_visits(
    request: AnyRequest,
    counter: GivenCounter,
    derived: GivenDerived,
    source: FromQuery[str | None] = None,
) -> Template:
    """The latest visits, of all sources or of one."""
    return page(
        request,
        "visits.html",
        part="visits_live.html",
        counter=counter,
        at="visits",
        answers=(visits_of(derived, counter, source),),
        source=source,
        most=LATEST_VISITS,
        source_name=source_name,
    )
