"""Where the generated pages stand, and how they are written."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
FINDINGS = FOLDER / "findings.md"
COMMANDS = FOLDER / "commands.md"
DATASET = FOLDER / "dataset.md"


def write(path: Path, text: str) -> None:
    """The same bytes on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")
