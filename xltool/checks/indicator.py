"""Checks of one indicator: name, operator, target value and measure, each alone and against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from xltool import measures
from xltool.checks.case import Case
from xltool.checks.vocabulary import belongs, concern, counts_pieces, direction, is_rate, listed, says, takes
from xltool.findings import Code
from xltool.model.finding import Finding, Severity
from xltool.model.form import Level, Tree
from xltool.model.submission import Indicator
from xltool.model.value import Doubt, Kind, Operator, State, TargetValue

COUNTED = frozenset({Kind.NUMBER, Kind.RANGE, Kind.TOLERANCE, Kind.DISTRIBUTIVE})
_PLAIN = (Kind.NUMBER, Kind.RANGE, Kind.TOLERANCE)
_WORDS = (Kind.WORDING, Kind.UNPARSED)
_DOUBTS = {  # DATE_SERIAL is said where the cell is read: only there the date is known
    Doubt.OPERATOR_DISAGREES: (Code.IND_OPERATOR_DISAGREES, "operator"),
    Doubt.MEASURE_DISAGREES: (Code.IND_MEASURE_DISAGREES, "measure"),
    Doubt.NUMBER_UNDER_QUALITATIVE: (Code.IND_NUMBER_UNDER_QUALITATIVE, "value"),
    Doubt.WORDING_UNDER_QUANTITATIVE: (Code.IND_WORDING_UNDER_QUANTITATIVE, "value"),
    Doubt.MEASURE_WITH_WORDING: (Code.IND_MEASURE_WITH_WORDING, "measure"),
    Doubt.SUPERSCRIPT: (Code.IND_SUPERSCRIPT, "value"),
    Doubt.UNKNOWN_OPERATOR: (Code.IND_OPERATOR_UNKNOWN, "operator"),
    Doubt.UNKNOWN_MEASURE: (Code.IND_MEASURE_UNKNOWN, "measure"),
    Doubt.AMBIGUOUS: (Code.IND_AMBIGUOUS, "value"),
    Doubt.MISSING_NUMBER: (Code.IND_NUMBER_MISSING, "value"),
}
_DECISIVE = frozenset({Doubt.DATE_SERIAL, Doubt.MISSING_NUMBER})  # nothing else about the value itself is worth saying


class Entry(NamedTuple):
    """One target of an indicator. `prefix` is the key of its cells without the part; `parts` are those it has."""

    case: Case
    indicator: Indicator
    level: Level
    value: TargetValue
    prefix: str
    parts: frozenset[str]
    compulsory: bool

    def say(self, code: Code, part: str, severity: Severity | None = None, **args: object) -> Finding:
        key = f"{self.prefix}.{part if part in self.parts else 'value'}"
        shown = self.value.text.strip()
        text = self.case.texts.get(f"{self.prefix}.{part}", "").strip()
        return self.case.say(
            code, key, severity, name=self.indicator.name, value=shown, text=text, level=self.level.path[-1], **args
        )


def target_given(entry: Entry) -> Iterator[Finding]:
    """A compulsory target is given; 无 says that there is none."""
    value = entry.value
    if not entry.compulsory:
        return
    if value.state is State.BLANK and value.kind is not Kind.PLACEHOLDER:
        yield entry.say(Code.IND_VALUE_BLANK, "value")
    elif value.state is State.GIVEN and value.kind is Kind.NONE:
        yield entry.say(Code.IND_NO_TARGET, "value")


def doubts(entry: Entry) -> Iterator[Finding]:
    """What was doubtful while the target was read."""
    found = set(entry.value.doubts)
    if found & _DECISIVE:
        found &= {Doubt.MISSING_NUMBER, Doubt.UNKNOWN_OPERATOR, Doubt.UNKNOWN_MEASURE}
    if entry.value.kind is Kind.PLACEHOLDER and Doubt.MISSING_NUMBER not in found:
        yield entry.say(Code.IND_PLACEHOLDER, "value")
        return
    quantitative = _chosen_kind(entry) not in ("", Operator.QUALITATIVE)
    if _muddled(entry.value) or quantitative or Doubt.WORDING_UNDER_QUANTITATIVE in found:
        found.discard(Doubt.MEASURE_WITH_WORDING)  # operator and measure agree: it is the value that is wrong
    if _small_share(entry):
        found.discard(Doubt.AMBIGUOUS)
    for doubt in entry.value.doubts:
        if doubt in found and doubt in _DOUBTS:
            code, part = _DOUBTS[doubt]
            yield entry.say(code, part)


def operator_given(entry: Entry) -> Iterator[Finding]:
    """A target has an operator; without one a figure means nothing and words are taken for 定性."""
    value = entry.value
    if "operator" not in entry.parts or value.operator is not None or not _given(value):
        return
    if Doubt.UNKNOWN_OPERATOR not in value.doubts:
        severity = Severity.ERROR if value.kind in COUNTED else Severity.WARNING
        yield entry.say(Code.IND_OPERATOR_BLANK, "operator", severity)


def measure_given(entry: Entry) -> Iterator[Finding]:
    """A figure has a measure; under 定性 it should not be a figure, and that is said instead."""
    value = entry.value
    if Doubt.NUMBER_UNDER_QUALITATIVE in value.doubts:
        return
    if value.number == 0 and value.wording == value.text.strip():  # 零事故 says what it counts
        return
    if "measure" in entry.parts and value.kind in COUNTED and value.measure is None and _given(value):
        yield entry.say(Code.IND_MEASURE_BLANK, "measure")


def kind_chosen(entry: Entry) -> Iterator[Finding]:
    """Where 定量 or 定性 is chosen in a column of its own, the target is of that kind."""
    value, chosen = entry.value, _chosen_kind(entry)
    if not chosen or not entry.compulsory or not _given(value):
        return
    if chosen == Operator.QUALITATIVE and value.kind in _PLAIN:
        yield entry.say(Code.IND_NUMBER_UNDER_QUALITATIVE, "value")
    elif chosen != Operator.QUALITATIVE and value.kind in _WORDS and not any(char.isdigit() for char in value.text):
        yield entry.say(Code.IND_WORDING_UNDER_QUANTITATIVE, "value")


def measure_offered(entry: Entry) -> Iterator[Finding]:
    """The measure is among the level's, or converts into one of them, or is one that what the level is about takes.

    A rate is counted in the level's own measures only. A rate among quantities is misplaced, which is said instead.
    """
    value, offered, name = entry.value, entry.level.measures, entry.indicator.name
    if not offered or value.measure is None or value.kind not in COUNTED or value.measure in offered:
        return
    found = measures.find(value.measure)
    if found is None or Doubt.MEASURE_DISAGREES in value.doubts:
        return
    dimensions = {item.dimension for item in map(measures.find, offered) if item is not None}
    misfiled = concern(entry.level) == "quantity" and (is_rate(name) or belongs(name))
    if found.dimension in dimensions or misfiled or _takes(entry, measures.family(found)):
        return
    unusual = not is_rate(name) and takes(entry.level, measures.family(found), role="unusual")
    severity = Severity.WARNING if unusual else None
    yield entry.say(
        Code.IND_MEASURE_NOT_OFFERED, "measure", severity, measure=value.measure, offered="、".join(offered)
    )


def kind_allowed(entry: Entry) -> Iterator[Finding]:
    """The target is of a kind that the level allows, where the level says so."""
    if entry.level.kinds and _given(entry.value) and entry.value.kind.value not in entry.level.kinds:
        yield entry.say(Code.IND_KIND_NOT_ALLOWED, "value")


def understood(entry: Entry) -> Iterator[Finding]:
    """A target that is not 定性 was understood; other doubts about it say more."""
    value = entry.value
    worded = value.operator in (Operator.QUALITATIVE, Operator.NOT_APPLICABLE)
    others = set(value.doubts) - ({Doubt.MEASURE_WITH_WORDING} if _muddled(value) else set())
    if value.kind is Kind.UNPARSED and value.text.strip() and not others and not worded:
        yield entry.say(Code.IND_UNPARSED, "value")


INDICATOR_CHECKS: tuple[Callable[[Entry], Iterator[Finding]], ...] = (
    target_given,
    doubts,
    operator_given,
    kind_chosen,
    measure_given,
    measure_offered,
    kind_allowed,
    understood,
)


def names(case: Case) -> Iterator[Finding]:
    """Every indicator has a name, and it fits."""
    limits = {
        leaf.key: (leaf, block.name.max_length)
        for block in case.form.blocks
        if isinstance(block, Tree)
        for leaf in block.leaves
    }
    for indicator in case.submission.indicators:
        key = f"{indicator.key}.name"
        level, limit = limits[indicator.level]
        if not indicator.name:
            yield case.say(Code.IND_NAME_BLANK, key, level=level.path[-1])
        elif limit and len(indicator.name) > limit:
            label = case.slots[key].label
            yield case.say(Code.VAL_TOO_LONG, key, label=label, length=len(indicator.name), limit=limit)


def entries(case: Case) -> Iterator[Entry]:
    """Every target of every indicator whose value cell was found and could be read."""
    for indicator in case.submission.indicators:
        for target in indicator.targets:
            prefix = f"{indicator.key}.{target.column}"
            slot = case.slots[f"{prefix}.value"]
            if slot.key not in case.places or slot.level is None or slot.target is None:
                continue
            parts = frozenset(part.part for part in slot.target.parts)
            yield Entry(case, indicator, slot.level, target.value, prefix, parts, slot.target.compulsory)


def _given(value: TargetValue) -> bool:
    return value.state is State.GIVEN and value.kind not in (Kind.NONE, Kind.PLACEHOLDER)


def _chosen_kind(entry: Entry) -> str:
    """What stands in the column whose choices are kinds of targets, 定性 among them; empty where there is none."""
    for answer in entry.indicator.extras:
        slot = entry.case.slots.get(f"{entry.indicator.key}.{answer.key}")
        choices = slot.answer.choices if slot is not None and slot.answer is not None else ()
        if Operator.QUALITATIVE in choices and answer.text.strip() in choices:
            return answer.text.strip()
    return ""


def _small_share(entry: Entry) -> bool:
    """≤ 1 % is what it says where less is better, or where growth is counted."""
    value, name = entry.value, entry.indicator.name
    if value.kind is not Kind.NUMBER or value.number is None or value.measure != "%" or abs(value.number) > 1:
        return False
    return direction(name) == "less" or says(name, "beyond") or says(name, "complaint")


def _takes(entry: Entry, family: str) -> bool:
    """Whether the level takes measures of this family for what the name says; complaints are counted anywhere."""
    name = entry.indicator.name
    if is_rate(name) or (counts_pieces(name) and family not in (*listed("whole"), "per-unit")):
        return False
    return takes(entry.level, family) or (says(name, "complaint") and family in ("count", "services", "items"))


def _muddled(value: TargetValue) -> bool:
    """Figures that were not understood are no words: that a measure stands beside them is not what is wrong."""
    return value.kind is Kind.UNPARSED and any(char.isdecimal() for char in value.text)
