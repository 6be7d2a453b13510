"""The pages' templates. Whatever stands in a user's table is escaped on its way into a page."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from visitjoin.contract.errors import SettingError
from visitjoin.contract.version import __version__

_PAGES: Final = Environment(
    loader=PackageLoader(__package__, "html"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.filters["count"] = lambda number: f"{number:,}"
_PAGES.filters["share"] = lambda share: f"{share:.1%}"
_PAGES.filters["moment"] = lambda moment: f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def write_page(
    template: str,
    path: Path,
    *,
    now: datetime,
    **shown: Any,  # noqa: ANN401 - whatever a template shows
) -> None:
    """Fill a template of `html/` and write it. now: aware.

    Raises SettingError where the file cannot be written.
    """
    written = f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    page = _PAGES.get_template(template).render(version=__version__, written=written, **shown)
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise SettingError(f"The page {path} cannot be written: {error.strerror}.") from error
