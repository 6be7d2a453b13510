"""Whether what a command is to write can be written, asked before it does anything else."""

import os
from pathlib import Path

from visitjoin.contract.errors import SettingError


def check_outputs(**outputs: Path | None) -> None:
    """Make sure that files can be written, for an upload cannot be taken back where one cannot.

    outputs: by the names of their options, with `_` for `-`, or of an argument in capitals; None
    where one is not wished.

    Raises SettingError.
    """
    for name, path in outputs.items():
        if path is not None and (fault := _fault_of(path)):
            option = name if name.isupper() else f"--{name.replace('_', '-')}"
            raise SettingError(f"{option} {path} cannot be written: {fault}")


def _fault_of(path: Path) -> str | None:
    if path.is_dir():
        return "it is a folder. Name another, or a file in it."
    if path.exists():
        return None if os.access(path, os.W_OK) else "you may not write to that file."
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}."
    if not os.access(path.parent, os.W_OK | os.X_OK):
        return f"you may not write to the folder {path.parent}."
    return None
