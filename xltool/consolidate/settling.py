"""What every rule does before its own work: say why there is nothing to combine, or why it refuses."""

from __future__ import annotations

from collections.abc import Sequence

from xltool.consolidate.arithmetic import meaning
from xltool.consolidate.question import Candidate, Outcome, Question, Sifted, conflict, listing
from xltool.findings import Code
from xltool.model.consolidation import Status


def settled(question: Question, sifted: Sifted) -> Outcome | None:
    """The outcome where nothing is left to combine: something is missing, or nobody gave a value."""
    if sifted.blocked:
        return conflict(sifted.reasons, *sifted.findings)
    if sifted.given:
        return None
    if not sifted.stated:
        return Outcome(Status.MISSING, None, sifted.reasons)
    said = {meaning(candidate.value) for candidate in sifted.stated}
    if len(said) > 1:
        return refused(question, sifted, Code.AGG_VALUES_DIFFER, sifted.stated)
    reasons = tuple("" if reason in ("none", "not-applicable") else reason for reason in sifted.reasons)
    return Outcome(Status.RESOLVED, sifted.stated[0].value, reasons)


def refused(question: Question, sifted: Sifted, code: Code, differing: Sequence[Candidate] = ()) -> Outcome:
    """A conflict whose finding names the values."""
    values = listing(tuple(differing or sifted.given))
    return conflict(sifted.reasons, question.finding(code, values=values))


def unsuited(question: Question, sifted: Sifted) -> Outcome:
    """A conflict because the rule means nothing for values of this kind."""
    found = question.finding(Code.AGG_RULE_UNSUITED, rule=question.rule, values=listing(sifted.given))
    return conflict(sifted.reasons, found)


def unavailable(question: Question) -> Outcome:
    """No figure, because the rule itself cannot be applied: nothing is guessed in its place."""
    found = question.finding(Code.AGG_RULE_UNKNOWN, rule=question.rule, owner=question.owner or question.weight)
    return Outcome(Status.CONFLICT, None, ("no-rule",) * len(question.candidates), (found,))
