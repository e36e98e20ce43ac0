"""report.html: one page for the head of office, complete in itself, for the screen, the telephone and paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from html import escape
from importlib import resources
from string import Template
from typing import Any

from xltool import __version__
from xltool.consolidate.climbing import Node
from xltool.findings import message
from xltool.model.campaign import Campaign
from xltool.model.consolidation import Consolidation, Status
from xltool.model.difference import Difference
from xltool.model.finding import Finding, Severity
from xltool.model.form import FormDefinition
from xltool.model.standing import UnitRow
from xltool.reports.markup import COLOURS, Bar, bars, listing, note, notes, parts
from xltool.reports.report_lists import differences, findings, indicators
from xltool.reports.shares import Shares, shares
from xltool.reports.structure import structures, total_of
from xltool.words import fill, table

_UNITS, _NODES, _OPEN = 20, 12, 20  # drawn or listed; the dataset has the rest
_GOOD = frozenset({"accepted", "stamped", "handed-in"})
_STANDING = {"returned": "#b3403a", "not-received": "#b0bac5", "not-issued": "#d5dbe1"}


@dataclass(frozen=True, slots=True)
class Report:
    """What the page tells of a node and those below it; `campaign` is the whole roster as it is at the node.

    `findings` are of all attempts and of consolidating and reconciling.
    """

    form: FormDefinition
    campaign: Campaign
    board: Sequence[UnitRow]
    top: Node
    findings: Sequence[Finding]
    differences: Sequence[Difference]
    now: datetime

    @property
    def result(self) -> Consolidation:
        return self.top.made.result


def report_page(told: Report, language: str = "zh") -> str:
    """The whole page; nothing in it is fetched from anywhere."""
    words = table("report")[language]
    campaign = told.campaign
    title = words["title"].format(department=campaign.department, year=campaign.year, form=told.form.short_title)
    draft = f'<span class="draft">{escape(words["draft"])}</span>' if told.result.draft else ""
    made = words["made"].format(date=f"{told.now:%Y-%m-%d}", program=f"xltool {__version__}")
    sections = {
        "open": _open(told, words, language),
        "progress": _progress(told, words),
        "structure": _structure(told, words),
        "nodes": _nodes(told, words),
        "units": _units(told, words),
        "differences": differences(told.differences, words, language),
        "findings": findings(told.findings, words, language),
        "indicators": indicators(told.result, words),
    }
    body = "\n".join((
        f"<h1>{escape(title)}{draft}</h1>",
        f'<p class="soft">{escape(told.form.title)} · {escape(words["money"].format(money=told.form.money))}</p>',
        _cards(told, words),
        *(f'<section id="{key}"><h2>{escape(words["sections"][key])}</h2>{content}</section>'
          for key, content in sections.items() if content),
        f"<footer>{escape(made)}</footer>",
    ))  # fmt: skip
    page = (resources.files("xltool.reports") / "report.html").read_text(encoding="utf-8")
    return Template(page).substitute(title=escape(title), body=body, language="zh-CN" if language == "zh" else "en")


def _cards(told: Report, words: dict[str, Any]) -> str:
    said = words["cards"]
    included = [item for item in told.result.indicators if item.included]
    counts = Counter(item.severity for item in told.findings)
    total = total_of(told.form, told.result)
    cards = [(said["units"], f"{_good(told.board)} / {len(told.board)}", said["units_more"])]
    if total is not None:
        cards.append((total.label, total.text, fill(said["total_more"], {"count": len(told.result.units)})))
    errors, warnings = counts[Severity.ERROR], counts[Severity.WARNING]
    cards += [
        (said["indicators"], str(len(included)), said["indicators_more"].format(open=_undecided(told.result))),
        (said["findings"], str(errors + warnings),
         fill(said["findings_more"], {"errors": errors, "warnings": warnings})),
    ]  # fmt: skip
    return '<div class="cards">' + "".join(
        f'<div class="card"><div class="what">{escape(what)}</div><div class="figure">{escape(figure)}</div>'
        f'<div class="more">{escape(more)}</div></div>' for what, figure, more in cards
    ) + "</div>"  # fmt: skip


def _good(rows: Sequence[UnitRow]) -> int:
    return sum(1 for row in rows if row.standing.value in _GOOD)


def _undecided(result: Consolidation) -> int:
    included = (item for item in result.indicators if item.included)
    return sum(1 for item in included if any(target.status is Status.CONFLICT for target in item.targets))


def _open(told: Report, words: dict[str, Any], language: str) -> str:
    """What keeps the 汇总表 a draft; nothing where it is none."""
    said = [message(item, language) for item in told.result.findings if item.severity is Severity.ERROR]
    if not said:
        return ""
    more = len(said) - _OPEN
    return notes(said[:_OPEN]) + (note(words["more"].format(count=more)) if more > 0 else "")


def _progress(told: Report, words: dict[str, Any]) -> str:
    counts = Counter(row.standing.value for row in told.board)
    items = [Bar(words["standing"].get(key, key), Decimal(count), str(count), colour=_STANDING.get(key, _colour(key)))
             for key, count in counts.most_common()]  # fmt: skip
    late = [row for row in told.board if row.standing.value not in _GOOD]
    rows = [[row.name, words["standing"].get(row.standing.value, row.standing.value),
             f"{row.contact} {row.telephone}".strip(), (row.last_received_at or "")[:10]] for row in late]  # fmt: skip
    return parts(items, words["sections"]["progress"]) + (listing(words["progress"], rows) if rows else "")


def _colour(standing: str) -> str:
    return COLOURS[2] if standing in _GOOD else COLOURS[1]


def _structure(told: Report, words: dict[str, Any]) -> str:
    made = []
    for structure in structures(told.form, told.result):
        whole = structure.total.number or Decimal(0)
        items = [Bar(name, part.number or Decimal(0), part.text, f"（{_share(part.number, whole)}）")
                 for name, part in structure.parts]  # fmt: skip
        heading = f"{escape(structure.label)}：{escape(structure.total.text)}"
        made.append(f"<h3>{heading}</h3>{parts(items, structure.label)}")
    return "".join(made) or note(words["none"])


def _share(number: Decimal | None, whole: Decimal) -> str:
    return f"{number / whole:.1%}" if number is not None and whole else "—"


def _nodes(told: Report, words: dict[str, Any]) -> str:
    """How each node below this one stands; nothing where the roster is no tree."""
    rows = []
    lower = [node for below in told.top.below for node in _from_above(below)]
    for node in lower:
        codes = {code for item in node.walk() for code in (unit.code for unit in item.campaign.units)}
        board = [row for row in told.board if row.code in codes]
        result = node.made.result
        total = total_of(told.form, result)
        state = words["states"]["draft" if result.draft else "settled"]
        rows.append([node.campaign.department, f"{_good(board)} / {len(board)}", total.text if total else "",
                     str(sum(1 for item in result.indicators if item.included)), state])  # fmt: skip
    return listing(words["nodes"], rows, numbers=(1, 2, 3)) if rows else ""


def _from_above(node: Node) -> list[Node]:
    return [node, *(item for lower in node.below for item in _from_above(lower))]


def _units(told: Report, words: dict[str, Any]) -> str:
    """What the units right below give, and at each node below those right below it."""
    found = list(shares(told.form, told.top))
    if not found:
        return note(words["none"])
    made = [_one_node(item, words) for item in found[: _NODES + 1]]
    more = len(found) - len(made)
    return "".join(made) + (note(fill(words["more_nodes"], {"count": more})) if more > 0 else "")


def _one_node(item: Shares, words: dict[str, Any]) -> str:
    whole = item.total.number or Decimal(0)
    shown, rest = item.parts[:_UNITS], item.parts[_UNITS:]
    drawn = [
        Bar(words["itself"].format(name=name) if code == item.node.code else name, number, f"{number:,.2f}",
            _share(number, whole))
        for code, name, number in shown
    ]  # fmt: skip
    if rest:
        number = sum((amount for *_, amount in rest), Decimal(0))
        label = fill(words["rest"], {"count": len(rest)})
        drawn.append(Bar(label, number, f"{number:,.2f}", _share(number, whole), COLOURS[5]))
    name = f"{item.node.campaign.department} · {item.total.label}" if item.node.code else item.total.label
    return f"<h3>{escape(name)}</h3>" + bars(drawn, name)
