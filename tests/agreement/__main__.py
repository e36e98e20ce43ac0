"""`python -m tests.agreement FOLDER`: compare on every workbook below a folder and print the counts."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.agreement.compare import Comparison, compare

SUFFIXES = {".xlsx", ".xlsm", ".xltx", ".xltm"}


def main(folder: Path) -> int:
    results = [compare(path) for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES]
    wrong = 0
    for result in results:
        wrong += _report(result, folder)
    opened = [result for result in results if not result.refused]
    lines = (
        ("files", len(results)),
        ("opened by ours, openpyxl, calamine", _opened(results)),
        ("cells read", sum(result.cells for result in opened)),
        ("cells on which openpyxl and calamine agree", sum(result.agreed for result in opened)),
        ("cells on which they differ", sum(result.disputed for result in opened)),
        ("cells that only ours reads, by a known rule of theirs", sum(result.alone for result in opened)),
        ("of the agreed cells, ours differs on", sum(len(result.differences) for result in opened)),
        ("files to look at", wrong),
    )
    sys.stdout.write("".join(f"{label}: {count}\n" for label, count in lines))
    return 1 if wrong else 0


def _opened(results: list[Comparison]) -> str:
    ours = sum(not result.refused for result in results)
    return f"{ours}, {sum(not item.openpyxl for item in results)}, {sum(not item.calamine for item in results)}"


def _report(result: Comparison, folder: Path) -> bool:
    """Print what needs a person's eye; true where there is something."""
    name = result.path.relative_to(folder)
    if result.refused:
        others = " and ".join(
            label for label, fault in (("openpyxl", result.openpyxl), ("calamine", result.calamine)) if not fault
        )
        sys.stdout.write(f"{name}: refused with {result.refused}{f', opened by {others}' if others else ''}\n")
        return bool(others)
    for difference in result.differences[:5]:
        sys.stdout.write(f"{name}: {difference}\n")
    return bool(result.differences)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
