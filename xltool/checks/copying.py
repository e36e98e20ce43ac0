"""Texts that two units have in common word for word."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from xltool.checks.texts import LONG, folded
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position

_COMMON = 3  # units from which on a text that most share was given to them


class UnitText(NamedTuple):
    """One answer in words of one unit, with its place."""

    unit_code: str
    key: str
    text: str
    file: str
    sheet: str
    cell: str


def copied_texts(texts: Iterable[UnitText], names: Mapping[str, str], labels: Mapping[str, str]) -> tuple[Finding, ...]:
    """Each text that stands in another unit's form under the same key; `names` by unit code, `labels` by key.

    The unit's own name in it does not make it another text. What more than half of the units share was given to them.
    Only digests are kept, so that a campaign of any size fits.
    """
    first: dict[tuple[str, bytes], list[UnitText]] = {}
    for said in texts:
        same = folded(said.text.replace(names.get(said.unit_code, said.unit_code), ""))
        if len(same) >= LONG:
            digest = hashlib.sha256(same.encode()).digest()
            key = said.key.partition("#")[0] + said.key.rpartition(".")[2] if "#" in said.key else said.key
            first.setdefault((key, digest), []).append(said._replace(text=""))
    return tuple(item for found in first.values() for item in _said(found, names, labels))


def _said(found: list[UnitText], names: Mapping[str, str], labels: Mapping[str, str]) -> Iterator[Finding]:
    codes = {item.unit_code for item in found}
    if len(codes) < 2 or (len(codes) >= _COMMON and len(codes) * 2 > len(names)):
        return
    for item in found:
        others = "、".join(names.get(code, code) for code in sorted(codes - {item.unit_code}))
        position = Position(item.file, item.sheet, item.cell, item.key, item.unit_code)
        unit = names.get(item.unit_code, item.unit_code)
        yield finding(Code.COL_TEXT_COPIED, position, unit=unit, label=labels.get(item.key, item.key), other=others)
