"""The scalar answers of a form (fields and fixed lines) and their consolidated figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from xltool.consolidate.arithmetic import exact_sum
from xltool.consolidate.matching import RuleBook, trimmed
from xltool.consolidate.printing import printed_number
from xltool.consolidate.question import Candidate, Outcome, Question, contributions
from xltool.consolidate.rules import answer as answered
from xltool.consolidate.rules import default_for_answer
from xltool.findings import Code
from xltool.model.campaign import Campaign, ReportingUnit, RuleLine
from xltool.model.consolidation import Contribution, FieldFigure, Status
from xltool.model.finding import Finding
from xltool.model.form import Answer, AnswerType, Fields, FormDefinition, Frame, Line, Lines, Role
from xltool.model.submission import FieldAnswer, Source, Submission
from xltool.model.value import Kind, State, TargetValue

NUMERIC = frozenset({AnswerType.MONEY, AnswerType.INTEGER, AnswerType.NUMBER, AnswerType.PERCENT})


@dataclass(frozen=True, slots=True)
class Scalar:
    """One scalar answer of the form: its slot key, its printed label, all its names, and the form's rule for it."""

    key: str
    label: str
    spellings: tuple[str, ...]
    answer: Answer
    rule: str
    roles: frozenset[Role]


def scalars(form: FormDefinition) -> Iterator[Scalar]:
    """All fields and the answers of all fixed lines, in the form's order."""
    for block in form.blocks:
        if isinstance(block, Fields):
            for row in block.rows:
                for answer in row:
                    names = (answer.name or answer.label, answer.label, *answer.aliases)
                    yield _scalar(answer.key, names, answer, answer.rule, block.frame)
        elif isinstance(block, Lines):
            for line in block.lines:
                for column in block.columns:
                    yield _of_line(block, line, column)


def _of_line(block: Lines, line: Line, column: Answer) -> Scalar:
    single = len(block.columns) == 1
    key = f"{block.frame.key}.{line.key}" if single else f"{block.frame.key}.{line.key}.{column.key}"
    names = (line.name, line.label, *line.aliases)
    if not single:
        names = tuple(f"{name} {column.label}" for name in names)
    return _scalar(key, names, column, line.rule or column.rule, block.frame)


def _scalar(key: str, names: tuple[str, ...], answer: Answer, rule: str, frame: Frame) -> Scalar:
    return Scalar(key, names[1], names, answer, rule or default_for_answer(answer.type), answer.roles & frame.roles)


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of the form gave: its figures, the contributions that belong to none, and whether it is open."""

    figures: tuple[FieldFigure, ...]
    others: tuple[Contribution, ...]
    findings: tuple[Finding, ...]
    unresolved: bool


Accepted = Sequence[tuple[ReportingUnit, Submission]]


def consolidate_fields(form: FormDefinition, campaign: Campaign, accepted: Accepted, book: RuleBook) -> Part:
    """The figures of all scalar answers that stand in the department's form."""
    figures: list[FieldFigure] = []
    others: list[Contribution] = []
    findings: list[Finding] = []
    unresolved = False
    answers = {unit.code: {given.key: given for given in submission.fields} for unit, submission in accepted}
    for scalar in scalars(form):
        line = book.for_field(scalar.key, *scalar.spellings)
        question = _question(scalar, line, campaign, accepted, answers)
        reason = _left_out(scalar, question.rule, line)
        if reason:
            others += [replace(c.trace, reason=reason) for c in question.candidates if c.value.state is not State.BLANK]
            continue
        figure, found = _figure(scalar, question, form, campaign)
        figures.append(figure)
        findings += found
        open_ = figure.status is Status.MISSING and scalar.answer.compulsory
        unresolved = unresolved or open_ or figure.status is Status.CONFLICT
    return Part(tuple(figures), tuple(others), tuple(findings), unresolved)


def _left_out(scalar: Scalar, rule: str, line: RuleLine | None) -> str:
    if line is not None and not line.include:
        return "not-selected"
    return "not-consolidated" if rule == "none" or Role.DEPARTMENT not in scalar.roles else ""


def _question(
    scalar: Scalar, line: RuleLine | None, campaign: Campaign, accepted: Accepted,
    answers: Mapping[str, Mapping[str, FieldAnswer]],
) -> Question:  # fmt: skip
    asked = [(unit, submission) for unit, submission in accepted if unit.role in scalar.roles]
    candidates = []
    for unit, submission in asked:
        given = answers[unit.code].get(scalar.key) or FieldAnswer(scalar.key, State.BLANK, "", None, Source("", ""))
        candidates.append(_candidate(scalar, unit, submission, given))
    return Question(
        scalar.key, scalar.spellings[0], "", tuple(candidates),
        rule=(line.rule if line and line.rule else scalar.rule), owner=line.owner if line else "",
        declared=bool(line and line.rule), compulsory=scalar.answer.compulsory and _anyone(scalar, campaign),
        numeric=scalar.answer.type in NUMERIC, roster=frozenset(unit.code for unit in campaign.units),
    )  # fmt: skip


def _anyone(scalar: Scalar, campaign: Campaign) -> bool:
    """Whether any unit of the roster is asked at all; what only the department writes is not the units' fault."""
    return any(unit.role in scalar.roles for unit in campaign.units)


def _candidate(scalar: Scalar, unit: ReportingUnit, submission: Submission, given: FieldAnswer) -> Candidate:
    return field_candidate(unit, submission, given, scalar.key, numeric=scalar.answer.type in NUMERIC)


def field_candidate(
    unit: ReportingUnit, submission: Submission, given: FieldAnswer, figure: str, key: str = "", column: str = "",
    *, numeric: bool = False,
) -> Candidate:  # fmt: skip
    """A scalar answer as a candidate for a figure: a plain number, or a text."""
    value = TargetValue(given.text, given.state, Kind.NUMBER if numeric else Kind.WORDING, number=given.number)
    trace = Contribution(
        figure, unit.code, unit.name, submission.file, submission.sha256, given.source.sheet, given.source.cell,
        key or given.key, column, given.text, given.number, used=False,
    )  # fmt: skip
    return Candidate(unit, value, trace)


def _figure(
    scalar: Scalar, question: Question, form: FormDefinition, campaign: Campaign
) -> tuple[FieldFigure, tuple[Finding, ...]]:
    said = _said_by_campaign(question, form, campaign)
    outcome = said or answered(question)
    value = outcome.value
    number = value.number if value else None
    if value is None:
        text = ""
    elif number is not None and question.numeric:
        answer = scalar.answer
        text = printed_number(number, answer.type, form.decimals if answer.decimals is None else answer.decimals)
    else:
        text = trimmed(outcome.text or value.text)
    units_total, differs = _units_total(question, outcome)
    figure = FieldFigure(
        scalar.key, scalar.label, question.rule, outcome.status, number, text, units_total,
        contributions(question, outcome),
    )  # fmt: skip
    return figure, outcome.findings + differs


def _said_by_campaign(question: Question, form: FormDefinition, campaign: Campaign) -> Outcome | None:
    """The figures that no unit's answer decides: the department's name, and how many units there are."""
    reasons = ("not-consolidated",) * len(question.candidates)
    if question.rule == "consolidated_name":
        name = form.consolidated_name.replace("{department}", campaign.department)
        return Outcome(Status.RESOLVED, TargetValue(name, State.GIVEN, Kind.WORDING), reasons)
    if question.rule == "count_units":
        number = Decimal(len(counted_units(campaign)))
        return Outcome(Status.RESOLVED, TargetValue(str(number), State.GIVEN, Kind.NUMBER, number=number), reasons)
    return None


def counted_units(campaign: Campaign) -> tuple[ReportingUnit, ...]:
    """The 下属预算单位 of the roster, 本级 among them where the campaign counts it."""
    left_out = {Role.DEPARTMENT} if campaign.own_counts else {Role.DEPARTMENT, Role.OWN}
    return tuple(unit for unit in campaign.units if unit.role not in left_out)


def _units_total(question: Question, outcome: Outcome) -> tuple[Decimal | None, tuple[Finding, ...]]:
    if question.rule not in ("own", "owner", "pick") or not question.numeric:
        return None, ()
    numbers = [candidate.value.number for candidate in question.candidates if candidate.value.number is not None]
    if not numbers:
        return None, ()
    whole = exact_sum(numbers)
    number = outcome.value.number if outcome.value else None
    if number is None or number == whole:
        return whole, ()
    found = question.finding(Code.AGG_OWN_DIFFERS, own=f"{number:f}", total=f"{whole:f}")
    return whole, (found,)
