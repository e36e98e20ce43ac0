"""Which indicators and rows are the same one, though typed by different hands; near matches are not guessed here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from xltool.consolidate.arithmetic import folded
from xltool.model.campaign import RuleLine
from xltool.model.form import Level
from xltool.values.cleaning import clean

_CIRCLED = re.compile(r"^\s*[\u2460-\u2473]")
_NUMBERING = re.compile(
    r"^\s*(?:[(（]\s*[0-9０-９一二三四五六七八九十百]+\s*[)）]|[㈠-㈩⑴-⒇⒈-⒛]"
    r"|[0-9０-９一二三四五六七八九十百]+\s*(?:[、．)）]|\.(?![0-9])))\s*"
)
_BRACKETS = str.maketrans("", "", "()[]{}<>«»【】〔〕〖〗「」『』《》〈〉“”\"'‘’")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")


def printable(text: str) -> str:
    """A name or wording as it is printed: as written, without □, tags and outer blanks."""
    return clean(clean(text).text.replace("\u25a1", "")).text


def trimmed(text: str) -> str:
    """A long text as it is printed: its inside is the unit's own, only outer blanks and lost characters go."""
    return text.strip(" \t\r\n\u3000\u00a0\u200b\ufeff\u25a1")


def unnumbered(text: str) -> str:
    """A name without the `1.`, `1、` or `（一）` before it; a decimal number (`1.5倍`) is no numbering."""
    bare = _NUMBERING.sub("", _CIRCLED.sub("", text), count=1)
    return bare or text


def typed_number(text: str) -> int | None:
    """The number a name begins with (`4.` → 4), None where it has none or not one in digits."""
    prefix = _NUMBERING.match(text)
    digits = "".join(char for char in unicodedata.normalize("NFKC", prefix[0]) if char.isdigit()) if prefix else ""
    return int(digits) if digits else None


def normalised(name: str) -> str:
    """The name that decides sameness: numbering, brackets (not what stands in them), width, □ and blanks are gone."""
    bare = _UNSEEN.sub("", printable(name))
    return folded(unnumbered(bare)).translate(_BRACKETS) or folded(bare)


def names_level(line: RuleLine, level: Level) -> bool:
    """Whether a rule line means this level: by key, printed name, alias, the whole path, or by saying none."""
    wanted = folded(line.level)
    spellings = (level.key, level.path[-1], *level.aliases, "/".join(level.path))
    return not wanted or wanted in {folded(spelling) for spelling in spellings}


class RuleBook:
    """The campaign's rule lines of one kind, and which of them have been met by anything."""

    def __init__(self, lines: Iterable[RuleLine], kind: str) -> None:
        self.lines = tuple(line for line in lines if line.kind == kind)
        self._met: set[int] = set()
        self._repeated: set[int] = set()

    def find(self, accept: Iterable[int]) -> RuleLine | None:
        """The first of the accepted lines (by index); all of them count as met."""
        indexes = tuple(accept)
        self._met.update(indexes)
        self._repeated.update(i for i in indexes[1:] if self.lines[i] != self.lines[indexes[0]])
        return self.lines[indexes[0]] if indexes else None

    def for_field(self, key: str, *labels: str) -> RuleLine | None:
        """The line of a field: its `name` is the field's key or one of its labels."""
        wanted = {folded(spelling) for spelling in (key, *labels) if spelling}
        return self.find(i for i, line in enumerate(self.lines) if folded(line.name or line.level) in wanted)

    def for_indicator(self, level: Level, name: str, id: str) -> RuleLine | None:
        """The line of an indicator: by allocation id, else by level and normalised name."""
        return self.find(
            i
            for i, line in enumerate(self.lines)
            if (id and line.name == id) or (normalised(line.name) == name and names_level(line, level))
        )

    def repeated(self) -> tuple[RuleLine, ...]:
        """Lines that say something else about what an earlier line already decides."""
        return tuple(self.lines[i] for i in sorted(self._repeated))

    def unmet(self) -> tuple[RuleLine, ...]:
        """Lines that met nothing: a misspelt name must not pass in silence."""
        return tuple(line for i, line in enumerate(self.lines) if i not in self._met)
