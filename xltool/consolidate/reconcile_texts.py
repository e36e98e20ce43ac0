"""Where two texts part: short enough for a message or a cell, long enough to see what differs."""

from __future__ import annotations

from itertools import takewhile

_SHOWN, _BEFORE = 60, 12  # characters shown, and of these before the first that differs


def parted(ours: str, theirs: str) -> tuple[str, str]:
    """Both texts from a little before the first character that differs; whole where they are short."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(ours, theirs, strict=False)))
    start = max(0, same - _BEFORE) if max(len(ours), len(theirs)) > _SHOWN else 0
    return _from(ours, start), _from(theirs, start)


def _from(text: str, start: int) -> str:
    if not start and len(text) <= _SHOWN:
        return text
    end = start + _SHOWN
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return f"{before}{text[start:end]}{after}" if text else ""
