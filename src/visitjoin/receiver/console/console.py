"""How do the pages hang together?"""

from pathlib import Path
from typing import Final

from litestar import Router
from litestar.datastructures import CacheControlHeader
from litestar.di import Provide
from litestar.static_files import create_static_files_router

from visitjoin.receiver.console import (
    counters,
    goals,
    results,
    signing,
    tag,
    tracking,
    uploadings,
    uploads,
    visits,
)
from visitjoin.receiver.console.derived import Derived
from visitjoin.receiver.console.pages import HANDLERS
from visitjoin.receiver.console.sessions import need_session

_STATIC: Final = Path(__file__).parent / "static"


def console(derived: Derived) -> list[Router]:
    """The pages, as routers of the application."""
    for_all = Router(
        "/",
        route_handlers=[
            signing.ask_for_token,
            signing.sign_in,
            signing.sign_out,
            signing.choose_language,
        ],
        exception_handlers=HANDLERS,
        include_in_schema=False,
    )
    for_readers = Router(
        "/",
        guards=[need_session],
        route_handlers=[
            counters.list_counters,
            counters.create_counter,
            counters.show_counter,
            tracking.enable_tracking,
            goals.list_goals,
            goals.create_goal,
            goals.ask_to_delete,
            goals.delete,
            uploadings.list_uploadings,
            uploadings.show_uploading,
            uploadings.show_rows,
            uploads.ask_for_file,
            uploads.check_file,
            uploads.show_check,
            uploads.get_rejected,
            uploads.upload,
            results.show_results,
            visits.show_visits,
            tag.show_tag,
        ],
        dependencies={"derived": Provide(lambda: derived, sync_to_thread=False)},
        exception_handlers=HANDLERS,
        include_in_schema=False,
    )
    # An hour, and the version of the program in each address: a new program is a new file.
    files = create_static_files_router(
        "/console",
        [_STATIC],
        cache_control=CacheControlHeader(max_age=3600),
        name="console",
    )
    return [for_all, for_readers, files]
