"""Checks of amounts against 批复数, the figures that were approved beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from xltool import measures
from xltool.checks.case import Case
from xltool.findings import Code
from xltool.model.finding import Finding

_TEN_THOUSAND = Decimal(10000)


def approved_figures(case: Case) -> Iterator[Finding]:
    """An amount is the approved one; where it is so ten thousandfold, 元 and 万元 were mistaken."""
    approved = case.background.approved
    for answer in case.submission.fields if approved else ():
        figure = approved.get(answer.key)
        slot = case.slots.get(answer.key)
        if figure is None or slot is None or answer.number is None or answer.number == figure:
            continue
        wrong_measure = _mistaken(answer.number, figure, case.form.decimals) and _is_money(case.form.money)
        code = Code.SUM_WRONG_MEASURE if wrong_measure else Code.SUM_NOT_APPROVED
        yield case.say(
            code, answer.key, label=slot.label, number=_shown(answer.number, case), approved=_shown(figure, case),
            difference=_shown(abs(answer.number - figure), case), measure=case.form.money,
        )  # fmt: skip


def _mistaken(number: Decimal, figure: Decimal, decimals: int) -> bool:
    """Whether one is the other in ten thousands, rounded as amounts are."""
    half = Decimal(5).scaleb(-decimals - 1) * _TEN_THOUSAND
    exact = Decimal(5).scaleb(-decimals - 1)
    return bool(number) and (
        abs(number * _TEN_THOUSAND - figure) <= half or abs(number - figure * _TEN_THOUSAND) <= exact
    )


def _shown(number: Decimal, case: Case) -> str:
    """With the form's decimals, and more where there are more."""
    places = max(case.form.decimals, -int(number.normalize().as_tuple().exponent))
    return f"{number:,.{places}f}"


def _is_money(symbol: str) -> bool:
    measure = measures.find(symbol)
    return measure is not None and measures.family(measure) == "money"
