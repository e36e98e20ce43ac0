"""The scalar answers of a form (fields and fixed lines) and their consolidated figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from xltool.consolidate.arithmetic import exact_sum
from xltool.consolidate.case import Accepted, Around, Case
from xltool.consolidate.choosing import DRAFT
from xltool.consolidate.deciding import Formed, ruling
from xltool.consolidate.forming import formed
from xltool.consolidate.matching import trimmed
from xltool.consolidate.printing import printed_number
from xltool.consolidate.question import Candidate, Outcome, Question, contributions
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
    """One scalar answer of the form: its slot key, its printed label, all its names, and the form's rule for it.

    `part` is what the working paper calls the part of the form it stands in.
    """

    key: str
    label: str
    spellings: tuple[str, ...]
    answer: Answer
    rule: str
    roles: frozenset[Role]
    part: str = ""


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
    return Scalar(key, names[1], names, answer, rule, answer.roles & frame.roles, frame.caption)


@dataclass(frozen=True, slots=True)
class Part:
    """What the scalar answers gave: figures, what led to them, contributions to none, and whether any is open."""

    figures: tuple[FieldFigure, ...]
    formed: tuple[Formed, ...]
    others: tuple[Contribution, ...]
    findings: tuple[Finding, ...]
    unresolved: bool


def consolidate_fields(case: Case) -> Part:
    """The figures of all scalar answers that stand in the department's form."""
    figures: list[FieldFigure] = []
    made: list[Formed] = []
    others: list[Contribution] = []
    findings: list[Finding] = []
    unresolved = False
    answers = {unit.code: _by_key(submission) for unit, submission in (*case.accepted, *case.drafts)}
    for scalar in scalars(case.form):
        line = case.books["field"].for_field(scalar.key, *scalar.spellings)
        base = ruling(line, None, scalar.rule, default_for_answer(scalar.answer.type))
        asked = _question(scalar, case, answers)
        others += _drafted(scalar, case, answers)
        reason = _left_out(scalar, base.rule, line)
        if reason:
            others += [replace(c.trace, reason=reason) for c in asked.candidates if c.value.state is not State.BLANK]
            continue
        one = formed(case, "field", scalar.key, (scalar.part,), asked, base, _said_by_campaign(base.rule, asked, case))
        figure, found = _figure(scalar, one, case)
        figures.append(figure)
        made.append(replace(one, text=figure.text, decimals=_decimals(scalar, case.form)))
        findings += found
        open_ = figure.status is Status.MISSING and scalar.answer.compulsory
        unresolved = unresolved or open_ or figure.status is Status.CONFLICT
    return Part(tuple(figures), tuple(made), tuple(others), tuple(findings), unresolved)


def _by_key(submission: Submission) -> dict[str, FieldAnswer]:
    return {given.key: given for given in submission.fields}


def weights(form: FormDefinition, accepted: Accepted) -> Mapping[str, Mapping[str, Decimal]]:
    """The units' numbers of each numeric field, by the field's key and by each of its names."""
    answers = {unit.code: _by_key(submission) for unit, submission in accepted}
    found: dict[str, Mapping[str, Decimal]] = {}
    for scalar in scalars(form):
        if scalar.answer.type in NUMERIC:
            told = {code: given[scalar.key].number for code, given in answers.items() if scalar.key in given}
            numbers = {code: number for code, number in told.items() if number is not None}
            for name in (scalar.key, *scalar.spellings):
                found.setdefault(name, numbers)
    return found


def _left_out(scalar: Scalar, rule: str, line: RuleLine | None) -> str:
    if line is not None and not line.include:
        return "not-selected"
    return "not-consolidated" if rule == "none" or Role.DEPARTMENT not in scalar.roles else ""


def _question(scalar: Scalar, case: Case, answers: Mapping[str, Mapping[str, FieldAnswer]]) -> Question:
    numeric = scalar.answer.type in NUMERIC
    asked = [(unit, submission) for unit, submission in case.accepted if unit.role in scalar.roles]
    candidates = []
    drafts = () if numeric else case.drafts
    for unit, submission in (*asked, *drafts):
        given = answers[unit.code].get(scalar.key) or FieldAnswer(scalar.key, State.BLANK, "", None, Source("", ""))
        candidates.append(field_candidate(unit, submission, given, scalar.key, numeric=numeric))
    return Question(
        scalar.key, scalar.spellings[0], "", tuple(candidates), rule="",
        compulsory=scalar.answer.compulsory and _anyone(scalar, case.campaign), numeric=numeric, plain=not numeric,
        roster=case.roster, control=_control(scalar, case.campaign) if numeric else None,
    )  # fmt: skip


def _control(scalar: Scalar, campaign: Campaign) -> Decimal | None:
    """The figure that was approved for the department as a whole: the 批复数 of its own row in the roster."""
    heads = {unit.code for unit in campaign.units if unit.role is Role.DEPARTMENT}
    told = (item.amount for item in campaign.approved if item.unit_code in heads and item.field == scalar.key)
    return next(told, None)


def _drafted(
    scalar: Scalar, case: Case, answers: Mapping[str, Mapping[str, FieldAnswer]]
) -> Iterator[Contribution]:  # fmt: skip
    """The numbers of the department's draft: they are for reconciling, no part of any sum."""
    for unit, submission in case.drafts if scalar.answer.type in NUMERIC else ():
        given = answers[unit.code].get(scalar.key)
        if given is not None and given.state is not State.BLANK:
            yield replace(field_candidate(unit, submission, given, scalar.key).trace, reason=DRAFT)


def _anyone(scalar: Scalar, campaign: Campaign) -> bool:
    """Whether any unit of the roster is asked at all; what only the department writes is not the units' fault."""
    return any(unit.role in scalar.roles for unit in campaign.units)


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


def _decimals(scalar: Scalar, form: FormDefinition) -> int | None:
    if scalar.answer.type is not AnswerType.MONEY:
        return None
    return form.decimals if scalar.answer.decimals is None else scalar.answer.decimals


def _figure(scalar: Scalar, made: Formed, case: Case) -> tuple[FieldFigure, tuple[Finding, ...]]:
    outcome, question = made.outcome, made.question
    value = outcome.value
    number = value.number if value else None
    if value is None:
        text = ""
    elif number is not None and question.numeric:
        text = printed_number(number, scalar.answer.type, _decimals(scalar, case.form))
    else:
        text = trimmed(outcome.text or value.text)
    units_total, differs = _units_total(question, outcome, case.around)
    figure = FieldFigure(
        scalar.key, scalar.label, question.rule, outcome.status, number, text, units_total,
        contributions(question, outcome), made.ruling.origin,
    )  # fmt: skip
    return figure, outcome.findings + differs


def _said_by_campaign(rule: str, asked: Question, case: Case) -> Outcome | None:
    """The figures that no unit's answer decides: the department's name, and how many units there are."""
    reasons = ("not-consolidated",) * len(asked.candidates)
    if rule == "consolidated_name":
        name = case.form.consolidated_name.replace("{department}", case.campaign.department)
        return Outcome(Status.RESOLVED, TargetValue(name, State.GIVEN, Kind.WORDING), reasons)
    if rule == "count_units":
        number = Decimal(len(counted_units(case.around.whole)))
        return Outcome(Status.RESOLVED, TargetValue(str(number), State.GIVEN, Kind.NUMBER, number=number), reasons)
    return None


def counted_units(campaign: Campaign) -> tuple[ReportingUnit, ...]:
    """The 下属预算单位 of the roster, 本级 among them where the campaign counts it."""
    left_out = {Role.DEPARTMENT} if campaign.own_counts else {Role.DEPARTMENT, Role.OWN}
    return tuple(unit for unit in campaign.units if unit.role not in left_out)


def _units_total(
    question: Question, outcome: Outcome, around: Around
) -> tuple[Decimal | None, tuple[Finding, ...]]:
    if question.rule not in ("own", "owner", "pick") or not question.numeric:
        return None, ()
    units = [candidate for candidate in question.candidates if candidate.unit.role is not Role.DEPARTMENT]
    told = (around.totals.get((item.unit.code, question.key), item.value.number) for item in units)
    numbers = [number for number in told if number is not None]
    if not numbers:
        return None, ()
    whole = exact_sum(numbers)
    number = outcome.value.number if outcome.value else None
    if number is None or number == whole:
        return whole, ()
    found = question.finding(Code.AGG_OWN_DIFFERS, own=f"{number:f}", total=f"{whole:f}")
    return whole, (found,)
