"""What a returned workbook holds minus what was understood: nothing that stands in it goes unmentioned."""

from __future__ import annotations

from collections.abc import Iterator

from xltool.addresses import a1, listed
from xltool.collect.cells import Setting, is_blank, text_of
from xltool.collect.formulas import around_difference
from xltool.collect.live_checks import LiveChecks
from xltool.collect.locate import Located
from xltool.collect.other_sheets import added_cells, other_sheets
from xltool.collect.plan_index import PlanIndex, Static, index_of, plain
from xltool.collect.reasons import foreign_notes, kept_lines, opinions_sheet_of
from xltool.excel.identity import PREFIX
from xltool.findings import Code, finding
from xltool.findings.lists import quoted
from xltool.model.finding import Finding, Position
from xltool.model.layout import FormLayout, SheetPlan
from xltool.model.submission import Identity
from xltool.model.workbook import CellKind, RawCell, RawSheet, RawWorkbook
from xltool.words import table

_KEPT = 300  # texts beside the form that a form made anew keeps; nobody types more, and the original has them all


def account(
    workbook: RawWorkbook, located: Located, layout: FormLayout, identity: Identity, others: tuple[SheetPlan, ...] = ()
) -> tuple[Finding, ...]:
    """Findings for every non-empty cell that is neither an answer nor ours, and for texts of ours that were altered.

    `others` are the further sheets of the issued workbook (guide, lists).
    """
    if located.sheet is None:
        return ()
    index = index_of(layout)
    ledger = _Ledger(workbook, located.sheet, located, index)
    found = [*ledger.altered(), *ledger.checks(), *ledger.unasked()]
    found += other_sheets(workbook, {located.sheet.name, *located.copies}, identity, others)
    return tuple(found)


def unasked_texts(
    workbook: RawWorkbook, located: Located, layout: FormLayout, identity: Identity, others: tuple[SheetPlan, ...] = ()
) -> tuple[str, ...]:
    """What stands beside the form, cell by cell as `H12: text`, so that a form made anew can keep it.

    Other sheets' texts stand as `sheet!H12: text`, notes on cells with the cell.
    """
    if located.sheet is None:
        return ()
    words = table("workbook")["opinions"]
    ledger = _Ledger(workbook, located.sheet, located, index_of(layout))
    for _ in (*ledger.altered(), *ledger.checks()):
        pass  # both strike off what is ours
    rest = ledger.rest()
    found = [f"{a1(cell.row, cell.col)}: {text}" for cell, text in zip(rest, ledger.texts(rest), strict=True)]
    notes = foreign_notes(workbook, located.sheet)
    found += [words["note"].format(cell=a1(note.row, note.col), text=note.text) for note in notes]
    plans = {plan.name: plan for plan in others}
    for sheet in workbook.sheets:
        if sheet.name != located.sheet.name and sheet.name not in located.copies:
            added = sorted(added_cells(sheet, plans.get(sheet.name), identity), key=lambda cell: (cell.row, cell.col))
            texts = ledger.texts(added)
            found += [f"{sheet.name}!{a1(c.row, c.col)}: {text}" for c, text in zip(added, texts, strict=True)]
    opinions = opinions_sheet_of(workbook)
    found += kept_lines(opinions) if opinions is not None else ()
    left = len(found) - _KEPT
    return (*found[:_KEPT], words["more"].format(count=left)) if left > 0 else tuple(found)


class _Ledger:
    """The cells of the form sheet, struck off one after the other."""

    def __init__(self, workbook: RawWorkbook, sheet: RawSheet, located: Located, index: PlanIndex) -> None:
        self.workbook, self.sheet, self.located, self.index = workbook, sheet, located, index
        self.ours: set[tuple[int, int]] = {*located.places.values(), *located.covered}
        self.ours.update(located.columns.found.values())
        self.setting = Setting(workbook.date1904, index.layout.form.money)

    def altered(self) -> Iterator[Finding]:
        """Labels, headings, captions and prescribed texts that no longer say what they said, or are gone."""
        found = self.located.columns.found
        missing = [static for static in self.index.statics if static not in found]
        if not missing:
            return
        elsewhere = self._unclaimed_texts()
        gone: list[str] = []
        for static in missing:
            cell = self._at(static)
            if elsewhere.get(static.plain):
                # It stands at another place: below a deleted first row of its merged cells, or sorted away.
                self.ours.add(elsewhere[static.plain].pop())
            elif cell is not None:
                self.ours.add((cell.row, cell.col))
                address = a1(cell.row, cell.col)
                position = Position(sheet=self.sheet.name, cell=address, field=static.key)
                before, after = around_difference(static.text, cell.text)
                yield finding(Code.TPL_LABEL_ALTERED, position, before=before, after=after, cell=address)
            elif not self._row_is_missed(static):
                gone.append(static.text)
        if gone:
            yield finding(Code.TPL_LABELS_GONE, Position(sheet=self.sheet.name), texts=quoted(gone), count=len(gone))

    def _row_is_missed(self, static: Static) -> bool:
        """The label went with its answer's row, of which a finding speaks."""
        slot = self.index.slots.get(static.key)
        return slot is not None and slot.row_key == static.row_key and static.row_key not in self.located.rows.at

    def _at(self, static: Static) -> RawCell | None:
        """What stands where a text of ours should, unless that cell is already accounted for."""
        row, col = self.located.rows.at.get(static.row_key), self.located.columns.at.get(static.col)
        cell = self.sheet.cells.get((row, col)) if row is not None and col is not None else None
        return None if cell is None or is_blank(cell) or (cell.row, cell.col) in self.ours else cell

    def _unclaimed_texts(self) -> dict[str, list[tuple[int, int]]]:
        texts: dict[str, list[tuple[int, int]]] = {}
        for place, cell in sorted(self.sheet.cells.items(), reverse=True):
            if cell.kind is CellKind.TEXT and place not in self.ours:
                texts.setdefault(plain(cell.text), []).append(place)
        return texts

    def checks(self) -> Iterator[Finding]:
        """Live checks and the status line."""
        checks = LiveChecks(self.sheet, self.located, self.index)
        self.ours.update(checks.ours)
        yield from checks.findings()

    def rest(self) -> list[RawCell]:
        """Everything that is neither an answer nor ours, once the other passes have struck off what is."""
        key_column = self.located.rows.key_column
        check_column = self.located.columns.at.get(self.index.layout.check_column, -1)
        rest: list[RawCell] = []
        for place, cell in self.sheet.cells.items():
            if place in self.ours or is_blank(cell) or cell.text.startswith(PREFIX):
                continue  # of the identity speak findings of its own, wherever its token stands
            if place[1] == key_column and self._is_key(cell):
                continue
            if place[1] == check_column and cell.formula is not None:
                continue
            rest.append(cell)
        return sorted(rest, key=lambda cell: (cell.row, cell.col))

    def unasked(self) -> Iterator[Finding]:
        """What is left, by where it stands: in rows that were inserted among ours, or anywhere."""
        rest = self.rest()
        if not rest:
            return
        inserted = self._inserted_rows(rest)
        for row, cells in inserted.items():
            position = Position(sheet=self.sheet.name, cell=listed((c.row, c.col) for c in cells))
            yield finding(Code.TPL_INSERTED_ROW, position, row=row, texts=quoted(self.texts(cells)))
        told = {(cell.row, cell.col) for cells in inserted.values() for cell in cells}
        others = [cell for cell in rest if (cell.row, cell.col) not in told]
        if others:
            where = listed((cell.row, cell.col) for cell in others)
            position = Position(sheet=self.sheet.name, cell=where)
            texts = quoted(self.texts(others))
            yield finding(Code.TPL_UNASKED, position, cells=where, count=len(others), texts=texts)

    def _is_key(self, cell: RawCell) -> bool:
        if cell.kind is not CellKind.TEXT:
            return False
        first = self.located.rows.at.get(self.index.order[0][1])
        return cell.row == first or cell.text in self.index.row_of or cell.text.partition("+")[0] in self.index.row_of

    def _inserted_rows(self, rest: list[RawCell]) -> dict[int, list[RawCell]]:
        """Rows without a key of ours between the first and last row of a repeating section, or copies of such rows."""
        at = self.located.rows.at
        spans = []
        for keys in self.index.sections.values():
            rows = [at[key] for key in keys if key in at]
            if rows:
                spans.append((min(rows), max(rows) + 1))  # a row right below the last one was meant for it too
        ours = set(at.values())
        twice = {row for row, _ in self.located.rows.twice}
        last = max((place[1] for place in self.located.places.values()), default=0)
        found: dict[int, list[RawCell]] = {}
        for cell in rest:
            between = any(low <= cell.row <= high for low, high in spans)
            if cell.col <= last and (cell.row in twice or (between and cell.row not in ours)):
                found.setdefault(cell.row, []).append(cell)
        return found

    def texts(self, cells: list[RawCell]) -> list[str]:
        styles = self.workbook.styles
        formats = [styles[c.style].number_format if c.style < len(styles) else "General" for c in cells]
        return [text_of(cell, code, self.setting) for cell, code in zip(cells, formats, strict=True)]
