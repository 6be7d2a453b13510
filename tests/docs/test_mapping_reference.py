"""The reference of the mapping file has every key of the code, and no other."""

import re
from pathlib import Path

import msgspec
from msgspec import Struct

from visitjoin.contract.columns import Column
from visitjoin.prepare.mapping_file import (
    ConditionForm,
    MappingForm,
    TargetsForm,
    mapping_of,
)
from visitjoin.prepare.preset import preset_names

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = (DOCS / "reference" / "mapping.md").read_text(encoding="utf-8")
GUIDE = (DOCS / "how-to" / "map-a-crm-export.md").read_text(encoding="utf-8")


def sections() -> dict[str, str]:
    """The text under each heading."""
    parts = re.split(r"^## (.+)$", PAGE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def keys_in_table(heading: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", sections()[heading], re.MULTILINE))


def keys_of(form: type[Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(form)}


def test_every_key_is_in_the_reference_and_no_other() -> None:
    tables = {"columns", "constants", "targets", "currencies", "filter"}

    assert keys_in_table("Before the first `[table]`") == keys_of(MappingForm) - tables
    assert keys_in_table("`[targets]`") == keys_of(TargetsForm)
    assert keys_in_table("`[[filter]]`") == keys_of(ConditionForm)
    assert [name for name in tables if f"[{name}]" not in " ".join(sections())] == []


def test_every_column_of_the_api_is_in_the_reference() -> None:
    assert [column for column in Column if f"`{column}`" not in sections()["`[columns]`"]] == []


def test_the_examples_of_both_pages_are_mappings() -> None:
    examples = re.findall(
        r"```toml\n(.*?)```", PAGE + re.sub(r"^ {3}", "", GUIDE, flags=re.MULTILINE), re.DOTALL
    )

    assert len(examples) == 3
    for example in examples:
        assert mapping_of(example, origin="the page")


def test_every_preset_is_in_the_guide() -> None:
    assert [name for name in preset_names() if f"`{name}`" not in GUIDE] == []
