"""Files inside files: gzip and zip, unpacked to disk in chunks."""

import gzip
import shutil
import zipfile
import zlib
from pathlib import Path
from typing import Final

from visitjoin.contract.errors import SourceError

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
"""A zip with members, and one without."""
_WORKBOOK: Final = "xl/workbook.xml"
"""An XLSX is a zip too; this is its member that no other zip has."""
_CHUNK: Final = 1 << 20
_IS_ENCRYPTED: Final = 1
"""The bit of a member's flags (PKWARE's APPNOTE, 4.4.4)."""


def is_gzip(path: Path) -> bool:
    """Whether a file is compressed by gzip, whatever its name."""
    return _first_bytes(path).startswith(_GZIP)


def is_zip_of_files(path: Path) -> bool:
    """Whether a file is a zip, and no workbook, which is one underneath."""
    if not _first_bytes(path).startswith(_ZIP):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return _WORKBOOK not in archive.namelist()
    except zipfile.BadZipFile:
        return path.suffix.casefold() != ".xlsx"


def gunzip(path: Path, into: Path) -> Path:
    """Unpack a gzip file. Raises SourceError where it is damaged or cut off."""
    try:
        with gzip.open(path) as packed, into.open("wb") as file:
            shutil.copyfileobj(packed, file, _CHUNK)
    except EOFError:
        raise SourceError("The gzip file is cut off: its end is missing.", path=path) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise SourceError(f"The gzip file is damaged: {error}.", path=path) from None
    return into


def members_of(path: Path) -> list[str]:
    """The names of the files in a zip; folders and what the Mac adds beside them are left out.

    Raises SourceError where the zip is damaged, or holds one name twice.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [member.filename for member in archive.infolist() if not member.is_dir()]
    except zipfile.BadZipFile:
        raise SourceError("The zip file is damaged or cut off.", path=path) from None
    if len(names) > len(set(names)):
        raise SourceError("The zip file holds two files of one name. Unpack it first.", path=path)
    return [name for name in names if not _is_beside(name)]


def unzip(path: Path, member: str, into: Path) -> Path:
    """Unpack one member of a zip. Raises SourceError where it is encrypted or damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(member).flag_bits & _IS_ENCRYPTED:
                raise SourceError(
                    "The zip file is encrypted. Unpack it first, and name what was in it.",
                    path=path,
                )
            with archive.open(member) as packed, into.open("wb") as file:
                shutil.copyfileobj(packed, file, _CHUNK)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise SourceError(f"The zip file is damaged: {error}.", path=path) from None
    return into


def _is_beside(name: str) -> bool:
    *folders, last = name.split("/")
    return "__MACOSX" in folders or last.startswith(".")


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)
