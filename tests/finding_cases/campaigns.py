"""Cases on a campaign: what its folder says, and what comes into its inbox."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from tests.conftest import ROOT
from xltool import campaign as campaigns
from xltool.model.campaign import Campaign
from xltool.model.finding import Finding
from xltool.store.ledger import Ledger
from xltool.workflow import opening
from xltool.workflow.collect import collect
from xltool.workflow.context import Context
from xltool.workflow.opening import Opened, open_campaign

EXAMPLE = ROOT / "examples" / "minhang-2024"
ROSTER = "编码,单位名称,角色\n001,示例局（本级）,本级\n002,示例馆,单位\n"
CONTEXT = Context(now=lambda: datetime(2024, 1, 1, tzinfo=UTC), jobs=1)


def laid(case: dict[str, Any], folder: Path) -> Path:
    """A sound campaign of two units, with what the case writes, edits and removes."""
    place = folder / "round"
    campaign = Campaign("round-2024", case.get("form", "minhang-2024"), 2024, "示例局", None, "财务科", "021", ())
    assert campaigns.create(place, campaign) == ()
    (place / "units.csv").write_text(ROSTER, encoding="utf-8")
    for name, text in case.get("write", {}).items():
        (place / name).write_text(text, encoding="utf-8")
    for edit in case.get("edit", ()):
        path = place / edit.get("file", "campaign.toml")
        text = path.read_text(encoding="utf-8")
        assert edit["old"] in text
        path.write_text(text.replace(edit["old"], edit["new"]), encoding="utf-8")
    for name in case.get("remove", ()):
        (place / name).unlink()
    for name, text in case.get("append", {}).items():
        with (place / name).open("a", encoding="utf-8") as file:
            file.write(text)
    for name, numbers in case.get("bytes", {}).items():
        (place / name).write_bytes(bytes(numbers))
    return place


def run(case: dict[str, Any], folder: Path) -> tuple[Finding, ...]:
    place = laid(case, folder)
    if case.get("create"):
        return campaigns.create(place, Campaign("again", "minhang-2024", 2024, "示例局", None, "", "", ()))
    opened = open_campaign(place, CONTEXT)
    return opened.findings if isinstance(opened, Opened) else opened


def collected(case: dict[str, Any], folder: Path) -> tuple[Finding, ...]:
    """The example's campaign with some of its returned files, under names of the case's choosing."""
    place = folder / "round"
    shutil.copytree(EXAMPLE, place, ignore=shutil.ignore_patterns("inbox", "*.py"))
    inbox = campaigns.inbox(place)
    inbox.mkdir()
    for name, source in case.get("files", {}).items():
        found = next((path for path in sorted((EXAMPLE / "inbox").iterdir()) if path.name.startswith(source)), None)
        (inbox / name).write_bytes(found.read_bytes() if found else source.encode())
    if case.get("only"):
        (place / "rules.csv").unlink()
        roster = (place / "units.csv").read_text(encoding="utf-8-sig").splitlines()
        kept = [roster[0], *(line for line in roster[1:] if line[:3] in case["only"])]
        (place / "units.csv").write_text("\n".join(kept), encoding="utf-8")
    if "ledger" not in case:
        return collect(place, context=CONTEXT).findings
    collect(place, context=CONTEXT)
    return _LEDGERS[case["ledger"]](place)


def _newer(place: Path) -> tuple[Finding, ...]:
    with closing(sqlite3.connect(campaigns.ledger(place))) as other:
        other.execute("PRAGMA user_version = 999")
    return collect(place, context=CONTEXT).findings


def _foreign(place: Path) -> tuple[Finding, ...]:
    campaigns.ledger(place).write_bytes(b"no ledger of ours")
    return collect(place, context=CONTEXT).findings


def _busy(place: Path) -> tuple[Finding, ...]:
    """Another program holds it, and nobody waits as long as usual."""
    impatient = SimpleNamespace(open=partial(Ledger.open, timeout=0.05))
    with closing(sqlite3.connect(campaigns.ledger(place), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with mock.patch.object(opening, "Ledger", impatient):
            return collect(place, context=CONTEXT).findings


_LEDGERS: dict[str, Callable[[Path], tuple[Finding, ...]]] = {"newer": _newer, "foreign": _foreign, "busy": _busy}
