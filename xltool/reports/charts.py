"""Charts as SVG text for a page: bars with their labels beside them, readable in colour, in grey and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

COLOURS = ("#1f5fa8", "#e08a00", "#4c9a5b", "#8e5ba6", "#b3403a", "#5b6b7a")
_WIDTH = 1000.0
_ROW, _BAR = 30, 18
_LABEL = 250.0  # room for the names on the left
_VALUE = 230.0  # room for the figures on the right
_LETTER = 13.0  # a Chinese letter at the size of the labels


@dataclass(frozen=True, slots=True)
class Bar:
    """`shown` is written at its end."""

    label: str
    value: Decimal
    shown: str
    colour: str = COLOURS[0]


def bars(items: Sequence[Bar], name: str) -> str:
    """Horizontal bars, one under the other, on one scale that begins at zero."""
    most = max((item.value for item in items), default=Decimal(0))
    room = _WIDTH - _LABEL - _VALUE
    rows = []
    for place, item in enumerate(items):
        width = float(item.value / most) * room if most > 0 and item.value > 0 else 0.0
        top = place * _ROW + 6
        rows.append(
            f'<text x="{_LABEL - 10:.0f}" y="{top + 14}" text-anchor="end" font-size="13">{_fitted(item.label)}</text>'
            f'<rect x="{_LABEL:.0f}" y="{top}" width="{max(width, 1.0):.1f}" height="{_BAR}" fill="{item.colour}"/>'
            f'<text x="{_LABEL + max(width, 1.0) + 8:.1f}" y="{top + 14}" font-size="13">{escape(item.shown)}</text>'
        )
    return _svg(len(items) * _ROW + 12, name, "".join(rows))


def parts(items: Sequence[Bar], name: str) -> str:
    """One bar made of its parts, with a legend below that says each part's name and figure."""
    whole = sum((item.value for item in items if item.value > 0), Decimal(0))
    drawn, legend, left = [], [], 0.0
    for place, item in enumerate(items):
        colour = COLOURS[place % len(COLOURS)] if item.colour == COLOURS[0] else item.colour
        width = float(item.value / whole) * _WIDTH if whole > 0 and item.value > 0 else 0.0
        drawn.append(f'<rect x="{left:.1f}" y="4" width="{width:.1f}" height="26" fill="{colour}" '
                     'stroke="#fff" stroke-width="1"/>')  # fmt: skip
        left += width
        top = 40 + place * 22
        legend.append(
            f'<rect x="0" y="{top}" width="12" height="12" fill="{colour}"/>'
            f'<text x="20" y="{top + 11}" font-size="13">{escape(item.label)}  {escape(item.shown)}</text>'
        )
    return _svg(44 + len(items) * 22, name, "".join((*drawn, *legend)))


def _fitted(label: str) -> str:
    """A name cut to the room it has."""
    most = int((_LABEL - 14) / _LETTER)
    return escape(label if len(label) <= most else f"{label[: most - 1]}…")


def _svg(height: int, name: str, content: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH:.0f} {height}" role="img" aria-label="{escape(name)}" '
        f'xmlns="http://www.w3.org/2000/svg">{content}</svg>'
    )
