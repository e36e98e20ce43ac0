"""The pictures of the README from the demo's own files: `python -m docs.pictures`.

Needs LibreOffice, Poppler's pdftoppm and Chromium; whoever only changes texts needs none of them.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from docs.pages import FOLDER
from xltool.workflow.context import Context
from xltool.workflow.demo import afterwards, demo

PICTURES = FOLDER / "pictures"
# The PDF page, dots per inch, and the part of it that is shown: x, y, width, height in dots.
FORM = ("5", "88", "44", "55", "650", "540")
PAPER = ("1", "92", "50", "60", "1440", "560")
BROWSER = "--headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1160,700".split()


def main() -> None:
    """A unit's filled form, the working paper, the report."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="xltool-pictures-") as place:
        folder = Path(place) / "round"
        for _ in demo(folder, context=Context()):
            pass
        for _ in afterwards(folder, language="zh", context=Context()):
            pass
        form = next((folder / "inbox").glob("002*"))
        _page(form, Path(place), FORM, "form")
        _page(folder / "result" / "底稿.xlsx", Path(place), PAPER, "paper")
        report = (folder / "result" / "report.html").as_uri()
        shot = f"--screenshot={PICTURES / 'report.png'}"
        subprocess.run(["chromium", *BROWSER, f"--user-data-dir={place}/browser", shot, report], check=True)  # noqa: S603, S607  # of this checkout


def _page(book: Path, place: Path, part: tuple[str, ...], name: str) -> None:
    office = ["soffice", f"-env:UserInstallation={(place / 'office').as_uri()}", "--headless", "--convert-to", "pdf"]
    subprocess.run([*office, "--outdir", str(place), str(book)], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    page, dots, x, y, width, height = part
    crop = ["-r", dots, "-f", page, "-l", page, "-x", x, "-y", y, "-W", width, "-H", height]
    target = PICTURES / name
    made = str(place / f"{book.stem}.pdf")
    subprocess.run(["pdftoppm", "-png", "-singlefile", *crop, made, str(target)], check=True)  # noqa: S603, S607


if __name__ == "__main__":
    main()
