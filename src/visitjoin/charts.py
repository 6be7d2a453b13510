"""The geometry of charts: shares and heights in percent, drawn as inline SVG by the templates.

Words and figures stand beside a drawing as text of the page, so that they keep their size on a
phone; a drawing stretches to the room it has.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, floor, log10
from typing import Final

FULL: Final = 100.0
"""Width and height of every drawing, in its own units."""


@dataclass(frozen=True)
class Part:
    """A part of a whole, or a layer of a column."""

    label: str
    css: str
    """Class that colours it."""
    amount: float


@dataclass(frozen=True)
class Box:
    """A rectangle of a drawing."""

    x: float
    y: float
    width: float
    height: float
    css: str
    label: str


@dataclass(frozen=True)
class Mark:
    """A word beside a drawing, and where: percent of its width from the left, or from the foot."""

    at: float
    text: str


@dataclass(frozen=True)
class Columns:
    """A column for each step of time."""

    label: str
    """What the drawing shows, for those who cannot see it."""
    boxes: tuple[Box, ...]
    levels: tuple[Mark, ...]
    steps: tuple[Mark, ...]


@dataclass(frozen=True)
class Column:
    """One step of time: its name under the axis, and its layers from the foot upwards."""

    name: str
    parts: tuple[Part, ...]
    label: str
    """What is said of it when it is pointed at."""
    band: str = ""
    """Class of a band behind it, if any: a column of nothing would not be seen."""


def stacked(parts: Iterable[Part]) -> list[Box]:
    """One bar from left to right; each part as wide as its amount."""
    parts = [part for part in parts if part.amount > 0]
    whole = sum(part.amount for part in parts)
    if not whole:
        return []
    widths = [part.amount / whole * FULL for part in parts]
    return [
        Box(end - width, 0, width, FULL, part.css, part.label)
        for part, width, end in zip(parts, widths, accumulate(widths), strict=True)
    ]


def bar(parts: Iterable[Part], largest: float) -> list[Box]:
    """One bar among several: as long as its amounts are parts of the largest of all."""
    ends = FULL / largest if largest else 0
    boxes, x = [], 0.0
    for part in parts:
        boxes.append(Box(x, 0, part.amount * ends, FULL, part.css, part.label))
        x += part.amount * ends
    return boxes


def columns(label: str, steps: Sequence[Column], levels: Sequence[Mark]) -> Columns:
    """Columns beside each other.

    levels: at which amounts there is a line; the last one is the height of the drawing.
    """
    top = levels[-1].at
    width = FULL / max(len(steps), 1)
    boxes = []
    for number, step in enumerate(steps):
        foot = 0.0
        if step.band:
            boxes.append(Box(number * width, 0, width, FULL, f"band {step.band}", step.label))
        for part in step.parts:
            height = part.amount / top * FULL
            foot += height
            box = (number * width + width * _GAP / 2, FULL - foot, width * (1 - _GAP), height)
            boxes.append(Box(*box, part.css, step.label))
    return Columns(
        label,
        tuple(boxes),
        tuple(Mark(level.at / top * FULL, level.text) for level in levels),
        tuple(_names(steps, width)),
    )


def levels(largest: float) -> list[Mark]:
    """Round amounts from nothing to what is at least the largest, four or so."""
    step = _round_up(max(largest, 1) / 4)
    count = max(ceil(largest / step), 1)
    return [Mark(step * number, _short(step * number)) for number in range(count + 1)]


_GAP: Final = 0.22
"""How much of a step is room between columns."""

_NAMES: Final = 6
"""As many names as fit under a drawing on a phone."""

_ROUND: Final = (1, 2, 5, 10)
_UNITS: Final = ((1e9, "bn"), (1e6, "m"), (1e3, "k"))


def _names(steps: Sequence[Column], width: float) -> Iterable[Mark]:
    every = ceil(len(steps) / _NAMES) or 1
    # Counted from the last one, which is what a reader looks for: today.
    for number in range((len(steps) - 1) % every, len(steps), every):
        yield Mark((number + 0.5) * width, steps[number].name)


def _round_up(amount: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 ... that is not smaller; whole, as rows are."""
    power = 10.0 ** floor(log10(amount)) if amount > 1 else 1.0
    return next(power * digit for digit in _ROUND if power * digit >= amount)


def _short(amount: float) -> str:
    for unit, name in _UNITS:
        if amount >= unit:
            return f"{amount / unit:g}{name}"
    return f"{amount:g}"
