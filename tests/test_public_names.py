import types
from pathlib import Path

import visitjoin

DOCS = Path(__file__).parent.parent / "docs" / "python.md"


def test_every_public_name_is_importable_and_listed() -> None:
    public = {
        name
        for name, value in vars(visitjoin).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }

    assert public | {"__version__"} == set(visitjoin.__all__)


def test_prepare_stays_the_function_whatever_is_imported_after_it() -> None:
    from visitjoin.prepare.table import prepare  # noqa: PLC0415 - the import is what is tested

    assert visitjoin.prepare is prepare


def test_every_public_name_is_in_the_docs() -> None:
    page = DOCS.read_text(encoding="utf-8")

    assert [name for name in visitjoin.__all__ if name not in page] == []
