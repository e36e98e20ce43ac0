"""What a unit is asked for, round by round: the system's findings and people's opinions, and what became of them.

People are the department's reviewers and the finance bureau. A finding is known again by its code and answer, an
opinion of a person by its source, place and words. Of these, the unit is held to have put right what stands
differently now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from xltool.checks.grading import anchor
from xltool.findings import Code, split_message
from xltool.layout.grid import Content
from xltool.model.finding import Finding, Severity
from xltool.model.opinion import Opinion, OpinionSource, OpinionState

ASKED = (Severity.ERROR, Severity.WARNING)
OPEN = (OpinionState.NEW, OpinionState.STANDING)
# Put right by making the form anew, or no fault of what was typed: nothing is asked for.
HEALED = frozenset({
    Code.TPL_READ_BY_LABELS, Code.TPL_READ_BY_ADDRESS, Code.TPL_LABEL_ALTERED, Code.TPL_LABELS_GONE, Code.TPL_HIDDEN,
    Code.IDN_OTHER_VERSION, Code.FILE_WRITTEN_BESIDE,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one unit: opinions of the reviewer and of the finance bureau as (slot, text), and keys or codes
    of what is not to be asked."""

    opinions: tuple[tuple[str, str], ...] = ()
    dropped: frozenset[str] = frozenset()
    bureau: tuple[tuple[str, str], ...] = ()

    def joined(self, other: Said) -> Said:
        return Said(
            tuple(dict.fromkeys((*self.opinions, *other.opinions))),
            self.dropped | other.dropped,
            tuple(dict.fromkeys((*self.bureau, *other.bureau))),
        )

    def asked(self) -> Iterator[tuple[OpinionSource, str, str]]:
        """Every opinion with who gave it: source, slot and text."""
        yield from ((OpinionSource.BUREAU, slot, text) for slot, text in self.bureau)
        yield from ((OpinionSource.REVIEWER, slot, text) for slot, text in self.opinions)


@dataclass(frozen=True, slots=True)
class Round:
    """One attempt to be judged: its findings, what it holds by slot, the opinions it answers and the unit's reasons."""

    findings: Sequence[Finding]
    contents: Mapping[str, Content]
    before: Sequence[Opinion] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)


def judge(now: Round, said: Said) -> tuple[Opinion, ...]:
    """What stands, errors first, then what was put right since the round before, then what the reviewer dropped."""
    earlier = {item.key: item for item in now.before}
    system = {item.key: item for item in from_findings(now)}
    asked = {**system, **dict(_from_people(now, said, earlier))}
    judged = [_judged(item, earlier.get(key), now, said) for key, item in asked.items()]
    gone = [item for key, item in earlier.items() if key not in asked and item.state in OPEN]
    fixed = [replace(item, state=OpinionState.FIXED, reason=_reason(item, now)) for item in gone
             if item.key not in said.dropped]  # fmt: skip
    standing = sorted((item for item in judged if item.state in OPEN), key=lambda item: item.severity != Severity.ERROR)
    return (*standing, *fixed, *(item for item in judged if item.state is OpinionState.DROPPED))


def unmet(before: Iterable[Opinion], contents: Mapping[str, Content]) -> tuple[Opinion, ...]:
    """People's opinions that nothing was changed for."""
    return tuple(
        item
        for item in before
        if item.source is not OpinionSource.SYSTEM and item.state in OPEN
        and item.value == digest_at(contents, item.slot)
    )


def opinion_key(source: OpinionSource, slot: str, text: str) -> str:
    """The key of a person's opinion."""
    return f"{source.value[0].upper()}-{hashlib.sha256(f'{slot}|{text}'.encode()).hexdigest()[:12]}"


def digest_at(contents: Mapping[str, Content], slot: str) -> str:
    """A digest of what stands in an answer, in all answers of a row or level, or in the whole form."""
    if slot in contents:
        said = [_plain(contents[slot])]
    else:
        said = [f"{key}={_plain(content)}" for key, content in sorted(contents.items())
                if within(key, slot) and _plain(content)]  # fmt: skip
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def within(key: str, place: str) -> bool:
    """Whether this answer is the place itself or part of it; every answer is part of the whole form."""
    return not place or key == place or key.startswith((f"{place}.", f"{place}#"))


def _plain(content: Content) -> str:
    if isinstance(content, Decimal):
        return f"{content.normalize():f}"
    return content.replace("\r\n", "\n").strip()


def from_findings(now: Round) -> Iterator[Opinion]:
    """The system's opinions, each with a key of its own that is the same in the next round."""
    seen: dict[str, int] = {}
    for item in now.findings:
        if item.severity not in ASKED or item.code in HEALED:
            continue
        problem, remedy = split_message(item, "zh")
        slot = item.position.field
        key = f"{item.code}|{anchor(item.position)}"
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            key = f"{key}|{seen[key]}"
        value = digest_at(now.contents, slot)
        source = OpinionSource.SYSTEM
        yield Opinion(key, source, item.severity.value, slot, "", problem, remedy, value=value)


def _from_people(now: Round, said: Said, earlier: Mapping[str, Opinion]) -> Iterator[tuple[str, Opinion]]:
    """What people say now, and what they said before and nothing was changed for."""
    for item in unmet(now.before, now.contents):
        if item.key not in said.dropped:
            yield item.key, item
    for source, slot, text in said.asked():
        key, value = opinion_key(source, slot, text), digest_at(now.contents, slot)
        known = earlier.get(key)
        cell = known.cell if known else ""
        yield key, Opinion(key, source, Severity.ERROR.value, slot, cell, text, "", value=value)


def _judged(item: Opinion, known: Opinion | None, now: Round, said: Said) -> Opinion:
    """The opinion as it stands this round, seen beside the same one of the round before."""
    was_dropped = known is not None and known.state is OpinionState.DROPPED and known.value == item.value
    if item.source is OpinionSource.SYSTEM and (was_dropped or said.dropped & {item.key, item.key.partition("|")[0]}):
        return replace(item, state=OpinionState.DROPPED)
    state = OpinionState.STANDING if known is not None and known.state in OPEN else OpinionState.NEW
    return replace(item, state=state, reason=_reason(known or item, now))


def _reason(item: Opinion, now: Round) -> str:
    return now.reasons.get(item.key, item.reason)
