"""The tag to copy into the pages of a site."""

from litestar import get
from litestar.response import Template

from visitjoin.receiver.console.outside import address_of
from visitjoin.receiver.console.pages import page
from visitjoin.receiver.console.sessions import NEEDS
from visitjoin.receiver.door.rights import Right
from visitjoin.receiver.routes.given import AnyRequest, GivenCounter


@get("/counter/{counter_id:int}/tag", opt={NEEDS: Right.LOOK})
async def show_tag(request: AnyRequest, counter: GivenCounter) -> Template:
    """The tag, with the address under which the receiver was asked."""
    return page(
        request,
        "tag.html",
        counter=counter,
        at="tag",
        address=address_of(request),
    )
