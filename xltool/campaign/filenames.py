"""File names that every system accepts and a clerk can read."""

from __future__ import annotations

import re
import unicodedata

from xltool import words
from xltool.model.campaign import ReportingUnit
from xltool.model.form import FormDefinition

_ILLEGAL = re.compile(r'[<>:"/\\|?*\s]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_BYTES = 180  # of a whole name in UTF-8: 255 is the limit of most systems, and people add （修改） and the like
_ELLIPSIS = "…"


def outbox_name(unit: ReportingUnit, form: FormDefinition, year: int, issue: int) -> str:
    """The name of the workbook issued to a unit, such as `001_示例区民政局_2024整体绩效目标_第1次.xlsx`.

    Too long a name is shortened at the unit's name, then at the form's; code and issue always stay whole.
    """
    pattern: str = words.table("files")["outbox"]["workbook"]
    parts = {"code": _clean(unit.code), "unit": _clean(unit.name), "form": _clean(form.short_title or form.title)}

    def filled() -> str:
        return pattern.format(year=year, issue=issue, **parts)

    for key in ("unit", "form"):
        excess = len(filled().encode()) - _BYTES
        if excess > 0:
            parts[key] = _shortened(parts[key], len(parts[key].encode()) - excess)
    name = filled()
    return f"_{name}" if _RESERVED.match(name) else name


def _clean(text: str) -> str:
    """Without what Windows forbids, what does not show, and dots or blanks at the ends."""
    shown = (char for char in unicodedata.normalize("NFC", text)
             if char.isspace() or not unicodedata.category(char).startswith("C"))
    return _ILLEGAL.sub("_", "".join(shown).strip()).strip("._")


def _shortened(text: str, size: int) -> str:
    """At most `size` bytes of UTF-8, with a mark where it was cut, and never half a character."""
    room = max(size - len(_ELLIPSIS.encode()), 0)
    return text.encode()[:room].decode(errors="ignore").rstrip("._") + _ELLIPSIS
