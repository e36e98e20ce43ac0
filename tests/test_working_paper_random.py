"""Random campaigns, made as records: LibreOffice's working paper says what Python says, whatever was decided."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from tests.clients.libreoffice import LibreOffice
from tests.consolidation_cases import a_campaign, a_form, a_row, a_submission, an_indicator
from tests.test_consolidate import everything
from tests.test_working_paper import WORDS, expected, plain
from xltool.consolidate import Deliberation, deliberate
from xltool.consolidate.rules import RULES
from xltool.layout.paper import HEADING_ROW, column_of
from xltool.model.campaign import Campaign, ReportingUnit
from xltool.model.consolidation import Status
from xltool.model.decision import Decision
from xltool.model.form import Answer, AnswerType, FormDefinition, Role
from xltool.model.submission import Submission
from xltool.reports.working_paper import working_paper

SHEET = WORDS["sheets"]["paper"]
KINDS = [
    ["={}(套)", "≥{}(套)", "={}(个)"], ["={}.5(%)", "≥{}.25(%)", "={}(%)"], ["={}(万元)", "={}000(元)"],
    ["每月{}号前", "每月{}号前", "每月底前"], ["{}小时内", "{}分钟内"], ["每日{}份"], ["各{}个", "={}(个)"],
    ["及时", "适时", "准时", "定性 符合规定"], ["较20{}年提升"], ["={}(人)", "≤{}(人)"], ["={}(户)", "无", "不适用 -"],
    ["1-{}次"], ["20{}.1-12"], ["±{}%"], ["3或{}"], ["2024年12月{}日前"], ["≥{}(%)", "={}(%)"],
    ["≤{}(天)", "≤{}.5(天)"],
]  # fmt: skip
TYPES = (AnswerType.MONEY, AnswerType.INTEGER, AnswerType.PERCENT, AnswerType.TEXT, AnswerType.DATE)
Round = tuple[FormDefinition, Campaign, dict[str, Submission]]


def a_round(seed: int) -> tuple[Round, Random]:
    """2 to 200 units, mostly few; every kind of value, blanks, conflicts and unreadable cells among them."""
    random = Random(seed)
    count = random.choice([2, 3, 4, 5, 8, 12] * 6 + [40, 200])
    units = tuple(ReportingUnit(f"{n:03}", f"单位{n}", Role.UNIT if n else Role.OWN) for n in range(count))
    fields = [Answer(f"f{n}", f"栏{n}", kind, rule=random.choice(["sum", "own", "all_equal", "maximum"]))
              for n, kind in enumerate(TYPES)]  # fmt: skip
    form = a_form(fields=[*fields, Answer("persons", "在职人数", AnswerType.INTEGER, rule="own")])
    kinds = [random.choice(KINDS) for _ in range(8)]
    submissions = {unit.code: _submission(unit.code, kinds, random) for unit in units}
    return (form, a_campaign(units=units), submissions), random


def _submission(code: str, kinds: list[list[str]], random: Random) -> Submission:
    fields: dict[str, str | Decimal | None] = {f"f{n}": _answer(kind, random) for n, kind in enumerate(TYPES)}
    fields["persons"] = Decimal(random.randint(0, 30))
    indicators = []
    for row, patterns in enumerate(kinds, start=1):
        if random.random() < 0.7:
            target = "" if random.random() < 0.05 else random.choice(patterns).format(random.randint(1, 28))
            previous = random.choice([None, "无", "9(个)"])
            told = an_indicator(f"第{row}项、又{row}项", target, row=row, previous=previous, remark="备注")
            indicators.append(told)
    return a_submission(code, fields=fields, rows=[a_row(1, f"{code}任务", "内容")], indicators=indicators)


def _answer(kind: AnswerType, random: Random) -> str | Decimal | None:
    if random.random() < 0.1:
        return random.choice([None, "?", "不适用"])
    if kind is AnswerType.TEXT:
        return random.choice(["甲", "乙"])
    if kind is AnswerType.DATE:
        return f"2024-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
    return Decimal(random.randint(0, 10**8)).scaleb(-2) if kind is AnswerType.MONEY else Decimal(random.randint(0, 9))


def decisions(made: Deliberation, codes: list[str], random: Random) -> list[Decision]:
    """Another rule for half of the rows, a final value or a selection for some."""
    found = []
    for one in made.formed:
        if random.random() < 0.5:
            rule = random.choice([rule for rule in RULES if rule != "pick"])
            owner = random.choice(codes) if rule == "owner" else ""
            weight = "persons" if rule == "weighted_mean" else ""
            final = "5" if one.question.numeric else random.choice(["5", "≥5.00(个)", "每月5号前", "改填的文字"])
            override = random.choice(["", "", "", final])
            found.append(Decision(one.key, one.inputs, rule, owner, weight, override, reason="核对"))
    return found


def agrees(seed: int, folder: Path, libreoffice: LibreOffice) -> None:
    (form, campaign, submissions), random = a_round(seed)
    codes = [unit.code for unit in campaign.units]
    first = deliberate(form, campaign, submissions)
    made = deliberate(form, campaign, submissions, decisions(first, codes, random))
    path = folder / "底稿.xlsx"
    path.write_bytes(working_paper(form, campaign, "", made, {}))
    places = [column_of(name, len(codes)) - 1 for name in ("result", "status")]
    with libreoffice.open(path) as book:
        book.recalculate()
        rows = book.used(SHEET)[HEADING_ROW:]
    assert plain([(row[places[0]], row[places[1]]) for row in rows]) == plain(expected(made)), f"seed {seed}"
    sums_are_those_of_what_they_use(made)
    shuffled = dict(random.sample(sorted(submissions.items()), len(submissions)))
    assert deliberate(form, campaign, shuffled).result == first.result


def sums_are_those_of_what_they_use(made: Deliberation) -> None:
    told = everything(made.result)
    assert all(item.used == (item.reason == "") for item in told)
    for figure in made.result.fields:
        if figure.rule == "sum" and figure.status is Status.RESOLVED and figure.number is not None:
            used = [item.number for item in figure.contributions if item.used and item.number is not None]
            assert figure.number == sum(used, Decimal(0)) or any(c.reason == "overridden" for c in figure.contributions)


@pytest.mark.parametrize("seed", range(50))
def test_a_random_campaigns_paper_agrees_in_libreoffice(seed: int, tmp_path: Path, libreoffice: LibreOffice) -> None:
    agrees(seed, tmp_path, libreoffice)


@pytest.mark.long
def test_a_thousand_random_campaigns_papers_agree_in_libreoffice(tmp_path: Path, libreoffice: LibreOffice) -> None:
    for seed in range(100, 1100):
        agrees(seed, tmp_path, libreoffice)
