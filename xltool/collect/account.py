"""What a returned workbook holds minus what was understood: nothing that stands in it goes unmentioned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from xltool.addresses import a1
from xltool.collect.cells import Setting, is_blank, text_of
from xltool.collect.locate import Located
from xltool.collect.plan_index import PlanIndex, Static, index_of, plain
from xltool.collect.reasons import foreign_notes, kept_lines, opinions_sheet_of, written_beside
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.model.layout import FormLayout, SheetPlan
from xltool.model.workbook import CellKind, RawCell, RawSheet, RawWorkbook
from xltool.words import table

UNKNOWN = "\ufffc"  # stands in a text of ours for what was filled in there
_QUOTED = 3  # texts of one finding that are quoted
_LENGTH = 30  # characters of each
_LIST = 12  # addresses of one finding that are listed
_KEPT = 300  # texts beside the form that a form made anew keeps; nobody types more, and the original has them all


def account(
    workbook: RawWorkbook, located: Located, layout: FormLayout, others: tuple[SheetPlan, ...] = ()
) -> tuple[Finding, ...]:
    """Findings for every non-empty cell that is neither an answer nor ours, and for texts of ours that were altered.

    `others` are the further sheets of the issued workbook (guide, lists …); hidden sheets are never content of a clerk.
    """
    if located.sheet is None:
        return ()
    index = index_of(layout)
    ledger = _Ledger(workbook, located.sheet, located, index)
    found = [*ledger.altered(), *ledger.checks(), *ledger.unasked()]
    found += _other_sheets(workbook, located.sheet, others)
    return tuple(found)


def unasked_texts(
    workbook: RawWorkbook, located: Located, layout: FormLayout, others: tuple[SheetPlan, ...] = ()
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
        if sheet.name != located.sheet.name and sheet.state == "visible":
            added = sorted(_added(sheet, plans.get(sheet.name)), key=lambda cell: (cell.row, cell.col))
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
        self.ours: set[tuple[int, int]] = set(located.places.values())
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
                before, after = _short(static.text), _short(cell.text)
                yield finding(Code.TPL_LABEL_ALTERED, position, before=before, after=after, cell=address)
            elif static.key not in self.index.slots or static.row_key in self.located.rows.at:
                gone.append(static.text)
        if gone:
            yield finding(Code.TPL_LABELS_GONE, Position(sheet=self.sheet.name), texts=_quoted(gone), count=len(gone))

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
        """Live checks and the status line: typed over or emptied, they no longer help; reading does not need them."""
        rows, columns = self.located.rows.at, self.located.columns.at
        key_of = dict(self.index.order)
        lost: list[tuple[int, int]] = []
        empty: list[tuple[int, int]] = []
        for check in self.index.checks:
            row = rows.get(key_of.get(check.range.first_row, ""))
            col = columns.get(check.range.first_col)
            if row is None or col is None:
                continue
            cell = self.sheet.cells.get((row, col))
            if cell is not None and cell.formula is not None:
                self.ours.add((row, col))
            elif cell is None or is_blank(cell):
                empty.append((row, col))  # a form issued with an answer filled in has no check for it
            else:
                lost.append((row, col))
                if cell.text == check.content:
                    self.ours.add((row, col))
        if len(empty) == len(self.index.checks):
            lost = empty
        if lost:
            position = Position(sheet=self.sheet.name, cell=_addresses(lost))
            yield finding(Code.TPL_CHECKS_LOST, position, cells=_addresses(lost), count=len(lost))

    def rest(self) -> list[RawCell]:
        """Everything that is neither an answer nor ours, once the other passes have struck off what is."""
        key_column = self.located.rows.key_column
        check_column = self.located.columns.at.get(self.index.layout.check_column, -1)
        rest: list[RawCell] = []
        for place, cell in self.sheet.cells.items():
            if place in self.ours or is_blank(cell):
                continue
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
            position = Position(sheet=self.sheet.name, cell=_addresses((c.row, c.col) for c in cells))
            yield finding(Code.TPL_INSERTED_ROW, position, row=row, texts=_quoted(self.texts(cells)))
        others = [cell for cell in rest if cell.row not in inserted]
        if others:
            where = _addresses((cell.row, cell.col) for cell in others)
            position = Position(sheet=self.sheet.name, cell=where)
            texts = _quoted(self.texts(others))
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


def _other_sheets(workbook: RawWorkbook, form: RawSheet, others: tuple[SheetPlan, ...]) -> Iterator[Finding]:
    """Visible sheets that are not ours, and texts that were added to ours."""
    plans = {plan.name: plan for plan in others}
    for sheet in workbook.sheets:
        if sheet.name == form.name or sheet.state != "visible":
            continue
        plan = plans.get(sheet.name)
        added = _added(sheet, plan)
        if added:
            texts = [cell.text for cell in added]
            position = Position(sheet=sheet.name, cell=_addresses((cell.row, cell.col) for cell in added))
            yield finding(Code.TPL_OTHER_SHEET, position, sheet=sheet.name, count=len(added), texts=_quoted(texts))


def _added(sheet: RawSheet, plan: SheetPlan | None) -> list[RawCell]:
    """What stands on a sheet beside the form that is not ours; the sheet of opinions knows its own texts."""
    if sheet.name == table("workbook")["opinions"]["sheet"]:
        return list(written_beside(sheet))
    known = _Known(plan)
    return [cell for cell in sheet.cells.values() if not is_blank(cell) and not known.holds(plain(cell.text))]


class _Known:
    """The texts of a sheet of ours. Where a text was filled with something unknown here, any filling will do."""

    def __init__(self, plan: SheetPlan | None) -> None:
        texts = {plain(str(cell.content)) for cell in plan.cells if cell.content is not None} if plan else set()
        self.texts = {text for text in texts if UNKNOWN not in text}
        self.patterns = [
            re.compile(".*".join(map(re.escape, text.split(UNKNOWN))), re.DOTALL) for text in texts - self.texts
        ]

    def holds(self, text: str) -> bool:
        return text in self.texts or any(pattern.fullmatch(text) for pattern in self.patterns)


def _addresses(places: Iterable[tuple[int, int]]) -> str:
    found = sorted(places)
    return ",".join(a1(*place) for place in found[:_LIST]) + ("…" if len(found) > _LIST else "")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LENGTH else f"{text[:_LENGTH]}…"


def _quoted(texts: list[str]) -> str:
    shown = "；".join(_short(text) for text in texts[:_QUOTED])
    return f"{shown}…" if len(texts) > _QUOTED else shown
