"""report.html: one page for the head of office, complete in itself, for the screen and for paper."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from html import escape
from importlib import resources
from string import Template
from typing import Any

from xltool import __version__
from xltool.consolidate.reconcile_findings import amount_text, full_name
from xltool.findings import catalogue
from xltool.model.campaign import Campaign
from xltool.model.consolidation import Consolidation, Status
from xltool.model.difference import Difference, Match
from xltool.model.finding import Finding, Severity
from xltool.model.form import FormDefinition
from xltool.model.standing import UnitRow
from xltool.reports.charts import COLOURS, Bar, bars, parts
from xltool.reports.structure import structures, total_of
from xltool.words import table

_UNITS, _FINDINGS, _DIFFERENCES = 20, 25, 100  # rows shown; the dataset has the rest
_GOOD = frozenset({"accepted", "stamped", "handed-in"})
_STANDING = {"returned": "#b3403a", "not-received": "#b0bac5", "not-issued": "#d5dbe1"}
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_SHOWN = 60  # characters of a text in a table


@dataclass(frozen=True, slots=True)
class Report:
    """What the page tells. `findings` are of all attempts and of consolidating and reconciling."""

    form: FormDefinition
    campaign: Campaign
    board: Sequence[UnitRow]
    result: Consolidation
    findings: Sequence[Finding]
    differences: Sequence[Difference]
    now: datetime


def report_page(told: Report, language: str = "zh") -> str:
    """The whole page; nothing in it is fetched from anywhere."""
    words = table("report")[language]
    campaign = told.campaign
    title = words["title"].format(department=campaign.department, year=campaign.year, form=told.form.short_title)
    draft = f'<span class="draft">{escape(words["draft"])}</span>' if told.result.draft else ""
    made = words["made"].format(date=f"{told.now:%Y-%m-%d}", program=f"xltool {__version__}")
    sections = {
        "progress": _progress(told, words),
        "structure": _structure(told, words),
        "units": _units(told, words),
        "differences": _differences(told, words),
        "findings": _findings(told, words, language),
        "indicators": _indicators(told, words),
    }
    body = "\n".join((
        f"<h1>{escape(title)}{draft}</h1>",
        f'<p class="soft">{escape(told.form.title)} · {escape(words["money"].format(money=told.form.money))}</p>',
        _cards(told, words),
        *(f'<section id="{key}"><h2>{escape(words["sections"][key])}</h2>{content}</section>'
          for key, content in sections.items()),
        f"<footer>{escape(made)}</footer>",
    ))  # fmt: skip
    page = (resources.files("xltool.reports") / "report.html").read_text(encoding="utf-8")
    return Template(page).substitute(title=escape(title), body=body, language="zh-CN" if language == "zh" else "en")


def _cards(told: Report, words: dict[str, Any]) -> str:
    said = words["cards"]
    good = sum(1 for row in told.board if row.standing.value in _GOOD)
    included = [item for item in told.result.indicators if item.included]
    open_ = sum(1 for item in included if any(target.status is Status.CONFLICT for target in item.targets))
    counts = Counter(item.severity for item in told.findings)
    total = total_of(told.form, told.result)
    cards = [(said["units"], f"{good} / {len(told.board)}", said["units_more"])]
    if total is not None:
        cards.append((total.label, total.text, said["total_more"].format(count=len(told.result.units))))
    errors, warnings = counts[Severity.ERROR], counts[Severity.WARNING]
    cards += [
        (said["indicators"], str(len(included)), said["indicators_more"].format(open=open_)),
        (said["findings"], str(errors + warnings), said["findings_more"].format(errors=errors, warnings=warnings)),
    ]
    return '<div class="cards">' + "".join(
        f'<div class="card"><div class="what">{escape(what)}</div><div class="figure">{escape(figure)}</div>'
        f'<div class="more">{escape(more)}</div></div>' for what, figure, more in cards
    ) + "</div>"  # fmt: skip


def _progress(told: Report, words: dict[str, Any]) -> str:
    counts = Counter(row.standing.value for row in told.board)
    items = [Bar(words["standing"].get(key, key), Decimal(count), str(count), _STANDING.get(key, _colour(key)))
             for key, count in counts.most_common()]  # fmt: skip
    late = [row for row in told.board if row.standing.value not in _GOOD]
    rows = [[row.name, words["standing"].get(row.standing.value, row.standing.value),
             f"{row.contact} {row.telephone}".strip(), (row.last_received_at or "")[:10]] for row in late]  # fmt: skip
    return parts(items, words["sections"]["progress"]) + (_table(words["progress"], rows) if rows else "")


def _colour(standing: str) -> str:
    return COLOURS[2] if standing in _GOOD else COLOURS[1]


def _structure(told: Report, words: dict[str, Any]) -> str:
    made = []
    for structure in structures(told.form, told.result):
        whole = structure.total.number or Decimal(0)
        items = [Bar(name, part.number or Decimal(0), f"{part.text}（{_share(part.number, whole)}）")
                 for name, part in structure.parts]  # fmt: skip
        heading = f"{escape(structure.label)}：{escape(structure.total.text)}"
        made.append(f"<h3>{heading}</h3>{parts(items, structure.label)}")
    return "".join(made) or _nothing(words)


def _share(number: Decimal | None, whole: Decimal) -> str:
    return f"{number / whole:.1%}" if number is not None and whole else "—"


def _units(told: Report, words: dict[str, Any]) -> str:
    total = total_of(told.form, told.result)
    if total is None or total.number is None:
        return _nothing(words)
    given = sorted(((item.number or Decimal(0), item.unit_name, item.unit_code) for item in total.contributions
                    if item.used), key=lambda item: -item[0])  # fmt: skip
    shown, rest = given[:_UNITS], given[_UNITS:]
    items = [Bar(name, number, _amount(number, total.number)) for number, name, _ in shown]
    if rest:
        number = sum((item[0] for item in rest), Decimal(0))
        items.append(Bar(words["rest"].format(count=len(rest)), number, _amount(number, total.number), COLOURS[5]))
    return f"<h3>{escape(total.label)}</h3>" + bars(items, words["sections"]["units"])


def _amount(number: Decimal, whole: Decimal) -> str:
    return f"{number:,.2f}（{_share(number, whole)}）"


def _indicators(told: Report, words: dict[str, Any]) -> str:
    by_level: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for item in told.result.indicators:
        if item.included:
            target = next((target.text for target in item.targets), "")
            by_level[item.levels].append(f"{item.name} {target}".strip())
    items = [Bar("·".join(levels[-1:]), Decimal(len(names)), str(len(names))) for levels, names in by_level.items()]
    rows = [[levels[0], "·".join(levels[1:]), str(len(names)), "；".join(names)] for levels, names in by_level.items()]
    if not rows:
        return _nothing(words)
    return bars(items, words["sections"]["indicators"]) + _table(words["indicators"], rows, numbers=(2,))


def _findings(told: Report, words: dict[str, Any], language: str) -> str:
    counts = Counter(item.code for item in told.findings if item.severity is not Severity.INFO)
    units: defaultdict[str, set[str]] = defaultdict(set)
    worst: dict[str, Severity] = {}
    for item in told.findings:
        units[item.code].add(item.position.unit_code or item.position.file)
        worst[item.code] = min(worst.get(item.code, item.severity), item.severity, key=_ORDER.__getitem__)
    codes = sorted(counts, key=lambda code: (_ORDER[worst[code]], -counts[code], code))
    rows = [
        [code, f'<span class="{worst[code].value}">{escape(words["severity"][worst[code].value])}</span>',
         escape(catalogue()[code].words[language].title), str(counts[code]), str(len(units[code] - {""}))]
        for code in codes[:_FINDINGS]
    ]  # fmt: skip
    made = _table(words["findings"], rows, numbers=(3, 4), escaped=True) if rows else _nothing(words)
    return made + _more(len(codes) - _FINDINGS, words)


def _differences(told: Report, words: dict[str, Any]) -> str:
    if not told.differences:
        return f'<p class="soft">{escape(words["not_reconciled"])}</p>'
    found = [item for item in told.differences if item.match is not Match.MATCHED]
    matched = len(told.differences) - len(found)
    said = table("reconcile")["zh" if words is table("report")["zh"] else "en"]["match"]
    order = {match: place for place, match in enumerate((Match.DIFFERS, Match.ONLY_UNITS, Match.ONLY_DECLARED,
                                                         Match.OPEN, Match.MOVED))}  # fmt: skip
    found.sort(key=lambda item: order.get(item.match, len(order)))
    rows = [[full_name(item), "·".join(item.levels), said[item.match], _short(item.units_text),
             _declared(item), amount_text(item.amount) if item.amount else "",
             item.unit_name if item.cause else "", item.file] for item in found[:_DIFFERENCES]]  # fmt: skip
    total = words["differences_total"].format(count=len(told.differences), matched=matched)
    listed = _table(words["differences"], rows, numbers=(5,)) if rows else ""
    return f"<p>{escape(total)}</p>{listed}{_more(len(found) - _DIFFERENCES, words)}"


def _declared(item: Difference) -> str:
    """What the other side says, and where it says it if that is another level."""
    text = _short(item.declared_text)
    return f"{text}（{item.told}）" if item.match is Match.MOVED else text


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _more(count: int, words: dict[str, Any]) -> str:
    return f'<p class="soft">{escape(words["more"].format(count=count))}</p>' if count > 0 else ""


def _nothing(words: dict[str, Any]) -> str:
    return f'<p class="soft">{escape(words["none"])}</p>'


def _table(
    headings: Iterable[str], rows: Iterable[Sequence[str]], numbers: tuple[int, ...] = (), *, escaped: bool = False
) -> str:
    def cell(tag: str, place: int, text: str) -> str:
        kind = ' class="number"' if place in numbers else ""
        return f"<{tag}{kind}>{text if escaped and tag == 'td' else escape(text)}</{tag}>"

    head = "".join(cell("th", place, text) for place, text in enumerate(headings))
    body = "".join(
        f"<tr>{''.join(cell('td', place, text) for place, text in enumerate(row))}</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


