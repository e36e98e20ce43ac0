"""Pieces of a page: tables that can be read on a telephone, charts that are tables too, and notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

COLOURS = ("#1f5fa8", "#e08a00", "#4c9a5b", "#8e5ba6", "#b3403a", "#5b6b7a")


_SHORT = 8  # characters that are kept on one line


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing that is drawn as long as its value is large; `shown` and `share` are written beside it."""

    label: str
    value: Decimal
    shown: str
    share: str = ""
    colour: str = COLOURS[0]


def bars(items: Sequence[Bar], name: str) -> str:
    """Horizontal bars on one scale that begins at zero: a table, whose figures are there for whoever sees no bars."""
    most = max((item.value for item in items), default=Decimal(0))
    shares = any(item.share for item in items)
    rows = "".join(
        f'<tr><th scope="row">{escape(item.label)}</th>'
        f'<td class="bar"><span style="width:{_percent(item.value, most)};background:{item.colour}"></span></td>'
        f'<td class="number">{escape(item.shown)}</td>'
        + (f'<td class="number share">{escape(item.share)}</td>' if shares else "")
        + "</tr>"
        for item in items
    )
    return f'<table class="bars"><caption class="unseen">{escape(name)}</caption><tbody>{rows}</tbody></table>'


def parts(items: Sequence[Bar], name: str) -> str:
    """One bar made of its parts, with a legend below that says each part's name, figure and share."""
    whole = sum((item.value for item in items if item.value > 0), Decimal(0))
    coloured = [(item, COLOURS[place % len(COLOURS)] if item.colour == COLOURS[0] else item.colour)
                for place, item in enumerate(items)]  # fmt: skip
    drawn = "".join(
        f'<span style="width:{_percent(item.value, whole)};background:{colour}"></span>'
        for item, colour in coloured
        if item.value > 0
    )
    said = [f"{item.label} {item.shown} {item.share}".strip() for item in items]
    legend = "".join(
        f'<li><span class="dot" style="background:{colour}"></span>{escape(text)}</li>'
        for (_, colour), text in zip(coloured, said, strict=True)
    )
    label = escape(f"{name}：{'，'.join(said)}")
    return f'<div class="stack" role="img" aria-label="{label}">{drawn}</div><ul class="legend">{legend}</ul>'


def _percent(value: Decimal, whole: Decimal) -> str:
    return f"{max(value, Decimal(0)) / whole:.2%}" if whole > 0 else "0%"


def listing(
    headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: tuple[int, ...] = (), *, escaped: bool = False
) -> str:
    """A table without the columns that no row fills. Each cell knows its heading, for where a row becomes a card."""
    filled = [place for place in range(len(headings)) if any(row[place] for row in rows)]

    def cell(place: int, text: str) -> str:
        kind = ' class="number"' if place in numbers else ' class="short"' if len(text) <= _SHORT else ""
        shown = text if escaped else escape(text)
        return f'<td role="cell"{kind} data-label="{escape(headings[place])}">{shown}</td>'

    def heading(place: int) -> str:
        kind = ' class="number"' if place in numbers else ""
        return f'<th role="columnheader" scope="col"{kind}>{escape(headings[place])}</th>'

    head = "".join(map(heading, filled))
    body = "".join(f'<tr role="row">{"".join(cell(place, row[place]) for place in filled)}</tr>' for row in rows)
    return (
        f'<table class="list" role="table"><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table>'
    )


def note(text: str) -> str:
    return f'<p class="soft">{escape(text)}</p>'


def notes(texts: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"
