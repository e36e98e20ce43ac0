"""Cases on the correction loop: the example's campaign with some forms collected, then what people do with it."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from tests.finding_cases.campaigns import CONTEXT, EXAMPLE
from xltool import campaign as campaigns
from xltool.model.finding import Finding
from xltool.reports.opinions_book import ReviewLine, opinions_workbook
from xltool.workflow.collect import collect
from xltool.workflow.consolidate import consolidate
from xltool.workflow.decide import accept, withdraw
from xltool.workflow.generate import generate
from xltool.workflow.opening import Opened, open_campaign
from xltool.workflow.opinions import Said
from xltool.workflow.reconcile import reconcile
from xltool.workflow.returns import return_forms
from xltool.workflow.trace import trace

Step = dict[str, Any]


def run(case: dict[str, Any], folder: Path) -> tuple[Finding, ...]:
    """The findings of the last of `steps`; `units` are those whose first form came."""
    place = folder / "round"
    shutil.copytree(EXAMPLE, place, ignore=shutil.ignore_patterns("inbox", "*.py"))
    campaigns.inbox(place).mkdir()
    (place / "rules.csv").unlink()
    roster = (place / "units.csv").read_text(encoding="utf-8-sig").splitlines()
    kept = [roster[0], *(line for line in roster[1:] if line[:3] in ("001", *case["units"]))]
    (place / "units.csv").write_text("\n".join(kept), encoding="utf-8")
    for path in sorted((EXAMPLE / "inbox").iterdir()):
        if path.name.startswith(("001", *case["units"])) and "第1次" in path.name:
            shutil.copy(path, campaigns.inbox(place))
    found = collect(place, context=CONTEXT).findings
    for step in case["steps"]:
        found = _STEPS[step["do"]](place, step)
    return found


def _return(place: Path, step: Step) -> tuple[Finding, ...]:
    opinions = tuple((slot, text) for slot, text in step.get("opinions", {}).items())
    said = {step["unit"]: Said(opinions, frozenset(step.get("drop", ())))}
    return return_forms(place, said=said, context=CONTEXT).findings


def _answered(place: Path, step: Step) -> tuple[Finding, ...]:
    """The returned form comes back as it is."""
    made = next(campaigns.returns(place).glob(f"{step['unit']}*"))
    shutil.copy(made, campaigns.inbox(place) / step["name"])
    return collect(place, context=CONTEXT).findings


def _accept(place: Path, step: Step) -> tuple[Finding, ...]:
    return accept(place, step["unit"], file=step.get("file", ""), context=CONTEXT).findings


def _withdraw(place: Path, step: Step) -> tuple[Finding, ...]:
    return withdraw(place, step["unit"], "错报", context=CONTEXT).findings


def _twice(place: Path, step: Step) -> tuple[Finding, ...]:
    """The same form comes with other bytes."""
    first = next(campaigns.inbox(place).glob(f"{step['unit']}*"))
    (campaigns.inbox(place) / step["name"]).write_bytes(first.read_bytes() + b" ")
    return collect(place, context=CONTEXT).findings


def _write_old_result(place: Path, step: Step) -> tuple[Finding, ...]:
    campaigns.result(place).mkdir(exist_ok=True)
    (campaigns.result(place) / step["name"]).write_text("x", encoding="utf-8")
    return ()


def _stale_book(place: Path, step: Step) -> tuple[Finding, ...]:
    """Opinions on a file that is not the unit's last."""
    opened = open_campaign(place, CONTEXT)
    assert isinstance(opened, Opened)
    line = ReviewLine(step["unit"], "", "0" * 64, "duties", "B5", "", "", "error", step["text"], "VAL01|duties")
    data = opinions_workbook(opened.form, (line,))
    (place / "opinions.xlsx").write_bytes(_written(data, step["text"]))
    return return_forms(place, context=CONTEXT).findings


def _written(data: bytes, text: str) -> bytes:
    """The workbook with an opinion typed into its first line."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    sheet.cell(3, 9).value = text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _consolidate(place: Path, step: Step) -> tuple[Finding, ...]:
    return consolidate(place, node=step.get("node", ""), context=CONTEXT).findings


def _damage(place: Path, step: Step) -> tuple[Finding, ...]:
    (place / step["name"]).write_text(step["text"], encoding="utf-8")
    return ()


def _draft(place: Path, _: Step) -> tuple[Finding, ...]:
    return generate(place, draft=True, context=CONTEXT).findings


def _trace(place: Path, step: Step) -> tuple[Finding, ...]:
    return trace(place, step["cells"], context=CONTEXT).findings


def _reconcile(place: Path, step: Step) -> tuple[Finding, ...]:
    """A file of the step's text, held against what is consolidated."""
    path = place.parent / step["name"]
    path.write_text(step["text"], encoding="utf-8")
    return reconcile(place, path, context=CONTEXT).findings


_STEPS: dict[str, Callable[[Path, Step], tuple[Finding, ...]]] = {
    "trace": _trace,
    "return": _return,
    "answered": _answered,
    "accept": _accept,
    "withdraw": _withdraw,
    "twice": _twice,
    "old-result": _write_old_result,
    "stale-book": _stale_book,
    "consolidate": _consolidate,
    "damage": _damage,
    "draft": _draft,
    "reconcile": _reconcile,
}
