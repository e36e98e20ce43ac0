"""A workbook as PDF, by LibreOffice where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.workflow.files import put

_PROGRAMS = ("soffice", "libreoffice")
_SECONDS = 180


def to_pdf(workbook: Path) -> tuple[Path | None, tuple[Finding, ...]]:
    """The PDF beside the workbook; None with a finding where LibreOffice is absent or fails."""
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    where = Position(file=workbook.name)
    if program is None:
        return None, (finding(Code.EXP_NO_OFFICE, where),)
    with tempfile.TemporaryDirectory(prefix="xltool-pdf-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        # A profile of its own: a LibreOffice that is open would take the work and make nothing.
        profile = (folder / "profile").as_uri()
        shutil.copyfile(workbook, folder / "form.xlsx")
        arguments = [program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--convert-to", "pdf",
                     "--outdir", str(folder), str(folder / "form.xlsx")]  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603  # a program of the system, our own file
                arguments, capture_output=True, encoding="utf-8", errors="replace", timeout=_SECONDS, check=False
            )
            said = done.stderr.strip().rpartition("\n")[2]
        except (OSError, subprocess.TimeoutExpired) as fault:
            said = type(fault).__name__
        made = folder / "form.pdf"
        if not made.is_file():
            return None, (finding(Code.EXP_PDF_FAILED, where, file_name=workbook.name, said=said),)
        return put(workbook.with_suffix(".pdf"), made.read_bytes())
