"""`visitjoin init`: a mapping file, from a table's own headers or from a preset."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from visitjoin.cli.console import say
from visitjoin.cli.writing import check_outputs
from visitjoin.contract.errors import SettingError
from visitjoin.prepare.draft import draft_mapping
from visitjoin.prepare.preset import preset_text


def init(
    source: Path | None = None,
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o")] = Path("mapping.toml"),
    preset: str | None = None,
    force: bool = False,
) -> None:
    """Write a mapping file for a table: every column, what it was taken for and why, to be edited.

    Args:
        source: the table; only looked at.
        output: the file to write.
        preset: copy the mapping for the export of a program instead: bitrix24, amocrm or 1c.
        force: overwrite the file.
    """
    text = ""
    if (source is None) == (preset is None):
        raise SettingError(
            "Name a table, or a preset: visitjoin init deals.csv, or visitjoin init --preset amocrm"
        )
    if output.exists() and not force:
        raise SettingError(f"{output} is there already. Name another with -o, or add --force.")
    check_outputs(output=output)
    if preset is not None:
        text = preset_text(preset)
    elif source is not None:
        text = draft_mapping(source, name=str(output))
    output.write_text(text, encoding="utf-8")
    table = source or "SOURCE"
    say(f"Wrote {output}. Read it, edit it, then: visitjoin send {table} --mapping {output}")
    if to_do := text.count("# TO DO"):
        say(f"It has {to_do} TO DO: what a person has to say before it can be used.")
