"""How findings quote what stands in many cells: the first addresses and texts, each cut to a length."""

from __future__ import annotations

from collections.abc import Iterable

from xltool.addresses import a1

_QUOTED = 3  # texts of one finding that are quoted
_LENGTH = 30  # characters of each
_LIST = 12  # addresses of one finding that are listed


def addresses(places: Iterable[tuple[int, int]]) -> str:
    """The cells in reading order, `A1,B2…`."""
    found = sorted(places)
    return ",".join(a1(*place) for place in found[:_LIST]) + ("…" if len(found) > _LIST else "")


def short(text: str) -> str:
    """The text on one line, cut."""
    text = " ".join(text.split())
    return text if len(text) <= _LENGTH else f"{text[:_LENGTH]}…"


def quoted(texts: list[str]) -> str:
    shown = "；".join(short(text) for text in texts[:_QUOTED])
    return f"{shown}…" if len(texts) > _QUOTED else shown
