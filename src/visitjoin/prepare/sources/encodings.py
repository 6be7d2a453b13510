"""In which encoding is a text, and how is it made UTF-8?

Marks at the beginning are certain. What is neither UTF-8 nor marked is guessed among the encodings
that exports of our users have, and a guess is always said so.
"""

import codecs
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Final

import charset_normalizer

from visitjoin.contract.errors import SettingError, SourceError

UTF_8: Final = "utf-8"

_MARKS: Final = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, UTF_8),
)

_GUESSED: Final = {
    "cp1251": "Windows-1251",
    "cp866": "CP866 (MS-DOS)",
    "koi8_r": "KOI8-R",
    "mac_cyrillic": "Mac Cyrillic",
    "cp1252": "Windows-1252",
    "utf-16-le": "UTF-16 without a byte-order mark",
    "utf-16-be": "UTF-16 (big-endian) without a byte-order mark",
}
"""What is guessed, by Python's name, and what people call it. The single-byte ones are those that
Windows, MS-DOS, Unix and the Mac have had for Russian, and Western Europe's."""

_SINGLE_BYTE: Final = [name for name in _GUESSED if not name.startswith("utf")]

_BEGINNING: Final = 1 << 20
_SAMPLE: Final = 1 << 16
"""Bytes of lines beyond ASCII: enough to tell one alphabet's tables apart, and read at once."""
_CHUNK: Final = 1 << 20


def in_utf8(
    path: Path, encoding: str | None, into: Path, *, keep_mark: bool = True
) -> tuple[Path, tuple[str, ...]]:
    """A text in UTF-8: the file itself if it is, else `into`, written in chunks.

    encoding: of the text, as Python names it; None to see or detect it. keep_mark: whether UTF-8
    with a byte-order mark is read as it stands.

    Returns the file to read, and what was assumed. Raises SourceError where the text is not in its
    encoding; SettingError where there is no such encoding.
    """
    found = _codec(encoding) if encoding else _detect(path)
    if found == UTF_8 and not keep_mark and _has_mark(path):
        found = "utf-8-sig"
    if found == UTF_8:
        return path, ()
    _transcode(path, found, into)
    is_guess = encoding is None and found in _GUESSED
    return into, (warning_of(found),) if is_guess else ()


def detect_anywhere(path: Path) -> str:
    """The encoding of a text whose beginning is ASCII, by its first lines that are not."""
    with path.open("rb") as file:
        return _of_lines(file, path)


def warning_of(encoding: str) -> str:
    """What to say of an encoding that was guessed."""
    return (
        f"It is not UTF-8 and was read as {_GUESSED[encoding]}, which was detected. If letters "
        f"come out wrong, name its encoding; to be sure, this one: --encoding {encoding}."
    )


def _has_mark(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8


def _codec(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        "".encode(name)
    except LookupError:
        raise SettingError(
            f'"{encoding}" is no encoding of a text. Write it as utf-8, utf-16, cp1251 or koi8-r.'
        ) from None
    return UTF_8 if name == "utf-8-sig" else name


def _detect(path: Path) -> str:
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING)
    for mark, encoding in _MARKS:
        if beginning.startswith(mark):
            return encoding
    if unmarked := _unmarked_utf16(beginning[:_SAMPLE]):
        return unmarked
    lines = beginning.splitlines(keepends=True)
    # The last line may have been cut in the middle of a character.
    return _of_lines(lines if len(beginning) < _BEGINNING else lines[:-1], path)


def _unmarked_utf16(beginning: bytes) -> str | None:
    """Commas, digits and line ends have a zero byte in UTF-16; no other text has any.

    In a table they are far more than a tenth of it; stray zeros of a damaged file are fewer.
    """
    even, odd = beginning[0::2].count(0), beginning[1::2].count(0)
    if max(even, odd) * 10 <= len(beginning):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _of_lines(lines: Iterable[bytes], path: Path) -> str:
    sample = b""
    for line in lines:
        if not line.isascii():
            sample += line
            if len(sample) >= _SAMPLE:
                break
    if _is_utf8(sample) or _is_utf8(sample.split(b"\n", 1)[0]):
        # Where the first letters are UTF-8 and later ones are not, UTF-8 was damaged on the way.
        return UTF_8
    best = charset_normalizer.from_bytes(sample, cp_isolation=_SINGLE_BYTE).best()
    if best is None:
        raise SourceError(
            "It is not UTF-8, and which encoding it has cannot be told. Name it: --encoding.",
            path=path,
        )
    return best.encoding


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _transcode(path: Path, encoding: str, into: Path) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as source, into.open("wb") as target:
        try:
            for chunk in iter(partial(source.read, _CHUNK), b""):
                text = decoder.decode(chunk)
                line += text.count("\n")
                target.write(text.encode())
            target.write(decoder.decode(b"", final=True).encode())
        except UnicodeError as error:
            raise SourceError(
                f"Not {encoding}: {_what_is_wrong(error)}. Name the right encoding: --encoding.",
                path=path,
                line=line + _lines_before(error, encoding),
            ) from None


def _what_is_wrong(error: UnicodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"byte 0x{error.object[error.start]:02x}, {error.reason}"
    # UTF-16 without its mark, or halves of a pair that came alone: decoded, and no text.
    return error.reason if isinstance(error, UnicodeEncodeError) else str(error)


def _lines_before(error: UnicodeError, encoding: str) -> int:
    if not isinstance(error, UnicodeDecodeError):
        return 0
    return error.object[: error.start].decode(encoding, errors="ignore").count("\n")
