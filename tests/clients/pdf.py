"""What a printed page says and looks like, through poppler's tools (Debian: poppler-utils)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def missing() -> str | None:
    """Why these tools cannot run here, in one sentence; None when they can."""
    absent = [tool for tool in ("pdftotext", "pdftoppm", "pdffonts") if shutil.which(tool) is None]
    return f"poppler-utils is not installed (no {', '.join(absent)})" if absent else None


def text(path: str | Path, layout: bool = True) -> str:
    """The text of all pages, a form feed after each; laid out as on the page unless `layout` is off."""
    done = _run(["pdftotext", "-enc", "UTF-8", *(["-layout"] if layout else []), str(path), "-"])
    return done.decode("utf-8")


def squeezed(path: str | Path) -> str:
    """The text without any white space: long texts wrap at places no one chose, so compare them squeezed."""
    return "".join(text(path, layout=False).split())


def pages(path: str | Path, folder: str | Path, dpi: int = 80) -> list[Path]:
    """Draw each page as a PNG into a folder and return the files in page order."""
    stem = Path(folder) / Path(path).stem
    _run(["pdftoppm", "-r", str(dpi), "-png", str(path), str(stem)])
    return sorted(Path(folder).glob(f"{Path(path).stem}-*.png"))


def fonts(path: str | Path) -> list[str]:
    """Names of the fonts embedded in the file, without the subset prefix."""
    lines = _run(["pdffonts", str(path)]).decode("utf-8").splitlines()[2:]
    return sorted({line.split()[0].split("+")[-1] for line in lines if line.strip()})


def _run(command: list[str]) -> bytes:
    return subprocess.run(command, capture_output=True, check=True, timeout=120).stdout
