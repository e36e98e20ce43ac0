"""The findings of a check as a workbook on disk; apart from checking itself, which writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xltool.model.finding import Finding
from xltool.reports.findings_book import findings_book
from xltool.workflow.files import put


def save_findings(path: Path, findings: Sequence[Finding], language: str) -> tuple[Path, tuple[Finding, ...]]:
    """The file that was written, and the finding that it is another one than `path` where that was held open."""
    return put(path, findings_book(findings, language))
