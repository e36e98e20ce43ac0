"""What a person sees in a cell: numbers as their format shows them, nothing where something covers the cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from tests.mutation.book import BOOLEAN, EMPTY, NUMBER, Area, Cell, Place, Sheet


def _digits(number: Decimal) -> Decimal:
    """Fifteen significant digits, as programs show and keep a double."""
    shown = Decimal(f"{number:.15g}") if number else Decimal(0)
    return Decimal(f"{shown:f}")


def _general(number: Decimal) -> str:
    text = f"{_digits(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _fixed(places: int, *, commas: bool = False, percent: bool = False) -> Callable[[Decimal], str]:
    def show(number: Decimal) -> str:
        scaled = _digits(number) * (100 if percent else 1)
        rounded = scaled.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        return (f"{rounded:,f}" if commas else f"{rounded:f}") + ("%" if percent else "")

    return show


def _day(pattern: str) -> Callable[[Decimal], str]:
    def show(number: Decimal) -> str:
        day = date(1899, 12, 30) + timedelta(days=int(number))
        return pattern.format(y=day.year, m=day.month, d=day.day)

    return show


DATES = {
    "yyyy/m/d": _day("{y}/{m}/{d}"),
    "yyyy-mm-dd": _day("{y}-{m:02}-{d:02}"),
    'm"月"d"日"': _day("{m}月{d}日"),
    'yyyy"年"m"月"d"日"': _day("{y}年{m}月{d}日"),
    "d-mmm": _day("{d}-{m}"),
}
FORMATS: dict[str, Callable[[Decimal], str]] = {
    "General": _general,
    "@": _general,
    "0": _fixed(0),
    "0.0": _fixed(1),
    "0.00": _fixed(2),
    "#,##0": _fixed(0, commas=True),
    "#,##0.00": _fixed(2, commas=True),
    "0%": _fixed(0, percent=True),
    "0.00%": _fixed(2, percent=True),
    ";;;": lambda _number: "",
    **DATES,
}


@lru_cache(maxsize=1 << 14)
def _figure(text: str, code: str) -> str:
    return FORMATS[code](Decimal(text))


def displayed(cell: Cell) -> str:
    """The text on the screen. KeyError for a format the harness does not use."""
    if cell.kind == NUMBER:
        return _figure(cell.text, cell.format)
    if cell.kind == BOOLEAN:
        return "TRUE" if cell.text == "1" else "FALSE"
    return "" if cell.kind == EMPTY else cell.text


_UNSEEN = re.compile("[\\s\u3000\xa0\u200b-\u200f\u2060\ufeff]+")


@lru_cache(maxsize=1 << 15)
def squeezed(text: str) -> str:
    """A text without blanks of any kind."""
    return _UNSEEN.sub("", text)


class Grid:
    """The texts of a sheet as they are seen: `texts` by the first cell of their area, `areas` likewise.

    A merged area shows its first cell only; what other cells of it hold is not seen. Hidden rows and columns are
    there: a person can unfold them.
    """

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.covered: dict[Place, Area] = {}
        for area in sheet.merges:
            for row in range(area.top, area.bottom + 1):
                for col in range(area.left, area.right + 1):
                    self.covered[row, col] = area
        self.texts: dict[Place, str] = {}
        for place, cell in sheet.cells.items():
            if cell.empty:
                continue
            over = self.covered.get(place)
            text = displayed(cell) if over is None or (over.top, over.left) == place else ""
            if squeezed(text):
                self.texts[place] = text

    def area(self, place: Place) -> Area:
        return self.covered.get(place) or Area(*place, *place)
