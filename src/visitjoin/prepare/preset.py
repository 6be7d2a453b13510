"""Mappings for the exports of well-known programs, shipped as TOML files to use or to copy."""

from importlib.resources import files
from typing import Final

from visitjoin.contract.errors import SettingError
from visitjoin.prepare.mapping import Mapping
from visitjoin.prepare.mapping_file import mapping_of

_FOLDER: Final = files("visitjoin.prepare") / "presets"


def preset_names() -> list[str]:
    """The names of all presets."""
    names = (file.name for file in _FOLDER.iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def preset_text(name: str) -> str:
    """The TOML of a preset. Raises SettingError where there is none of that name."""
    if name not in preset_names():
        raise SettingError(f'There is no preset "{name}". Known are: {", ".join(preset_names())}.')
    return (_FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def read_preset(name: str) -> Mapping:
    """The mapping of a preset. Raises SettingError where there is none of that name."""
    return mapping_of(preset_text(name), origin=f"preset {name}")
