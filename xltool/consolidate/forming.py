"""One figure formed: by the rule that holds without a decision, and by what the coordinator decided of it."""

from __future__ import annotations

from dataclasses import replace

from xltool.consolidate.case import Case
from xltool.consolidate.deciding import Formed, Ruling, decided, overridden
from xltool.consolidate.question import Outcome, Question, digest
from xltool.consolidate.rules import answer
from xltool.model.consolidation import Status


def formed(
    case: Case, kind: str, key: str, path: tuple[str, ...], asked: Question, base: Ruling, said: Outcome | None = None
) -> Formed:
    """The figure of `asked` by the rule `base` and the decision on its row; `said` is what no unit's answer decides."""
    inputs = digest(asked.candidates)
    key = f"{kind}:{key}"
    decision = case.decisions.find(key, asked.full_name, inputs)
    final = decided(base, decision)
    base_question = _ruled(case, asked, base)
    question = _ruled(case, asked, final)
    silent = kind == "indicator" and not asked.candidates  # the column was left out of every form
    base_outcome = Outcome(Status.MISSING, None, ()) if silent else said or answer(base_question)
    if decision is not None and decision.override:
        outcome = overridden(question, decision)
    else:
        outcome = base_outcome if silent or final == base else answer(question)
    return Formed(
        key, kind, path, question, base_question, outcome, base_outcome, final, base,
        text="", inputs=inputs, decision=decision,
    )  # fmt: skip


def _ruled(case: Case, asked: Question, by: Ruling) -> Question:
    return case.weighing.by(replace(asked, rule=by.rule, owner=by.owner, declared=by.declared), by.weight)

