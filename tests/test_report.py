"""report.html: complete in itself, true to the figures, and shown by a real browser without a complaint."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.consolidation_cases import a_campaign, a_form, a_submission, an_indicator
from xltool.consolidate.climbing import climb
from xltool.model.campaign import ReportingUnit
from xltool.model.finding import Severity
from xltool.model.form import Check, Role
from xltool.model.standing import Standing, UnitRow
from xltool.reports.report import Report, report_page
from xltool.workflow.context import Context
from xltool.workflow.demo import demo
from xltool.workflow.reconcile import reconcile
from xltool.workflow.report import report

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars --enable-logging=stderr --v=0"
).split()
HOSTILE = '<script>alert(1)</script>"\'&'
OUTSIDE = re.compile(r"""(?:src|href)\s*=\s*(?!["']?(?:data:|#))|url\(|@import|https?://(?!www\.w3\.org/)""")


def a_report(units: int = 3, name: str = "甲中心") -> Report:
    """A small campaign with a total of two parts."""
    form = replace(a_form(), checks=(
        Check("sum", "预算合计", "budget.total == budget.other + budget.other", Decimal("0.01"), Severity.ERROR),
    ))  # fmt: skip
    roster = tuple(ReportingUnit(f"{place:03d}", f"{name}{place}", Role.UNIT) for place in range(1, units + 1))
    campaign = a_campaign(units=roster)
    given = {unit.code: a_submission(unit.code, fields={"budget.total": Decimal(place + 1) * 100},
                                     indicators=[an_indicator("奖励数", "=1.00(家)")])
             for place, unit in enumerate(roster)}  # fmt: skip
    board = [UnitRow(unit.code, unit.name, Standing.ACCEPTED) for unit in roster]
    board[-1] = replace(board[-1], standing=Standing.RETURNED, contact=HOSTILE)
    top = climb(form, campaign, given, {})
    return Report(form, campaign, board, top, top.made.result.findings, (), datetime(2024, 3, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    """The demo's page, reconciled with the published form."""
    folder = tmp_path_factory.mktemp("report") / "round"
    for _ in demo(folder, context=Context(jobs=1)):
        pass
    reconcile(folder, shared / "seeds" / "minhang-2024.txt", context=Context())
    (path,) = report(folder, context=Context()).files
    return path


class Texts(HTMLParser):
    """The texts of a page, and that every tag that opens closes."""

    void = frozenset({"meta", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def texts_of(page: str) -> list[str]:
    reader = Texts()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader.texts


def test_the_page_needs_nothing_from_outside_and_runs_nothing(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert OUTSIDE.findall(text) == []
    assert "<script" not in text


def test_the_page_tells_progress_totals_parts_and_differences(page: Path) -> None:
    texts = texts_of(page.read_text(encoding="utf-8"))
    whole = "\n".join(texts)
    assert {"10 / 10", "476,373,173.65", "42"} <= set(texts)
    for told in ("基本支出 52,920,036.15 （11.1%）", "366,466,950.40", "76.9%", "共核对 66 项，一致 52 项。",
                 "每月15号前（质量指标）"):  # fmt: skip
        assert told in whole, told


def test_what_people_typed_is_text_on_the_page() -> None:
    text = report_page(a_report(name=HOSTILE))
    assert "<script>alert" not in text
    assert any(HOSTILE in item for item in texts_of(text))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_round_without_any_form_has_its_page(language: str) -> None:
    told = a_report()
    empty = replace(told, top=climb(told.form, told.campaign, {}, {}), board=())
    assert "0 / 0" in texts_of(report_page(empty, language))


def test_of_many_units_the_largest_are_drawn_and_the_rest_together() -> None:
    texts = texts_of(report_page(a_report(units=200)))
    assert "其余 180 个单位" in texts
    assert len([text for text in texts if re.fullmatch(r"甲中心\d+", text)]) == 21  # 20 drawn, one not accepted


def browser() -> Iterator[str]:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            yield found


@pytest.fixture(scope="module")
def chromium() -> str:
    found = next(browser(), None)
    if found is None:
        if os.environ.get("XLTOOL_CLIENTS") == "required":
            pytest.fail("Chromium is not installed")
        pytest.skip("Chromium is not installed")
    return found


def test_chromium_shows_and_prints_the_page_without_a_complaint(chromium: str, page: Path, tmp_path: Path) -> None:
    shot, paper = tmp_path / "page.png", tmp_path / "page.pdf"
    for wanted in (f"--screenshot={shot}", f"--print-to-pdf={paper}"):
        arguments = [chromium, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1100,2400", wanted]
        done = subprocess.run([*arguments, page.as_uri()], capture_output=True, encoding="utf-8", errors="replace",
                              timeout=120, check=True)  # fmt: skip
        assert "CONSOLE" not in done.stderr
    assert shot.read_bytes().startswith(b"\x89PNG")
    assert shot.stat().st_size > 100_000  # a blank page is a tenth of it
    assert paper.read_bytes().startswith(b"%PDF")
    assert paper.read_bytes().count(b"/Type /Page\n") in range(2, 8)
