"""The live checks and the status line of a returned form: still there, typed over, or changed."""

from __future__ import annotations

from collections.abc import Iterator

from xltool.addresses import a1, listed
from xltool.collect.cells import is_blank
from xltool.collect.formulas import around_difference, left_behind, says_the_same
from xltool.collect.locate import Located
from xltool.collect.plan_index import PlanIndex
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.model.layout import PlanCell
from xltool.model.workbook import RawCell, RawSheet
from xltool.words import table

_NAMED = 5  # changed formulas that are named one by one


class LiveChecks:
    """`ours` are the cells that a check of ours was found in, whether as a formula or as the text it gave."""

    def __init__(self, sheet: RawSheet, located: Located, index: PlanIndex) -> None:
        self.sheet, self.located, self.index = sheet, located, index
        self.ours: set[tuple[int, int]] = set()
        self._altered: list[tuple[RawCell, PlanCell]] = []
        self._lost: list[tuple[int, int]] = []
        self._look()

    def findings(self) -> Iterator[Finding]:
        """What became of the checks; reading does not need them."""
        if self._lost:
            cells = listed(self._lost)
            position = Position(sheet=self.sheet.name, cell=cells)
            yield finding(Code.TPL_CHECKS_LOST, position, cells=cells, count=len(self._lost))
        altered = self._altered_here()
        together = listed((cell.row, cell.col) for cell, _ in altered) if len(altered) > _NAMED else ""
        for cell, check in altered[:1] if together else altered:
            before, after = around_difference(check.formula, cell.formula or "")
            where = together or a1(cell.row, cell.col)
            position = Position(sheet=self.sheet.name, cell=where)
            yield finding(Code.TPL_CHECK_ALTERED, position, cell=where, before=before, after=after)

    def _look(self) -> None:
        formulas = any(cell.formula is not None for cell in self.sheet.cells.values())
        marks = () if formulas else _marks()  # .xls is read without formulas, and one not calculated is a 0 there
        empty: list[tuple[int, int]] = []
        for place, check in self._places():
            cell = self.sheet.cells.get(place)
            if cell is not None and cell.formula is not None:
                self.ours.add(place)
                if cell.formula.removeprefix("=") not in ("", check.formula.removeprefix("=")):
                    self._altered.append((cell, check))
            elif cell is None or is_blank(cell):
                empty.append(place)  # a form issued with an answer filled in has no check for it
            else:
                self._lost.append(place)
                if cell.text == check.content or (marks and (cell.text == "0" or cell.text.startswith(marks))):
                    self.ours.add(place)
        if len(empty) == len(self.index.checks):
            self._lost = empty

    def _places(self) -> Iterator[tuple[tuple[int, int], PlanCell]]:
        rows, columns, key_of = self.located.rows.at, self.located.columns.at, dict(self.index.order)
        for check in self.index.checks:
            row = rows.get(key_of.get(check.range.first_row, ""))
            col = columns.get(check.range.first_col)
            if row is not None and col is not None:
                yield (row, col), check

    def _altered_here(self) -> list[tuple[RawCell, PlanCell]]:
        """Formulas that say something else than planned, whether they moved with their cells or were left behind."""
        if not self._altered:
            return []
        rows = {row: self.index.row_of[key] for key, row in self.located.rows.at.items()}
        columns = {now: planned for planned, now in self.located.columns.at.items()}
        whole = len(rows) == len(self.index.order)  # beside rows that are gone areas shrink

        def planned(row: int, col: int) -> tuple[int, int] | None:
            return (rows[row], columns[col]) if whole and row in rows and col in columns else None

        return [
            (cell, check)
            for cell, check in self._altered
            if not says_the_same(check.formula, cell, planned) and not says_the_same(check.formula, cell, left_behind)
        ]


def _marks() -> tuple[str, ...]:
    """How the texts begin that checks and the status line give."""
    words = table("workbook")
    checks = (text for key, text in words["check"].items() if key not in ("heading", "digits"))
    return (*{text[0] for text in checks}, *{text.partition("{")[0] for text in words["status"].values()})
