"""A published or home-made form, read by its labels alone into the same `Submission` as a form of ours."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from decimal import Decimal

from xltool.addresses import listed
from xltool.collect.cells import Setting
from xltool.collect.containers import open_form
from xltool.collect.extract_captions import Captions, What, captions, extract_words
from xltool.collect.extract_doubts import doubt_names, doubt_targets, proposals, repaired, report_proposals
from xltool.collect.extract_grid import Page, labelled, page_of, texts_of
from xltool.collect.extract_scalars import noted_measure, read_scalars
from xltool.collect.extract_slips import report_slips, report_two_names
from xltool.collect.extract_tables import Region, read_rows, regions
from xltool.collect.extract_tree import indicator, keyed, read_tree
from xltool.findings import Code, finding
from xltool.findings.lists import quoted
from xltool.model.finding import Finding, Position
from xltool.model.form import Answer, Fields, FormDefinition, Lines, Role, Rows, Tree
from xltool.model.submission import FieldAnswer, Identity, Indicator, RowAnswer, Submission
from xltool.model.workbook import RawSheet, RawWorkbook

_FEWEST = 3
_SHARE = 0.25  # of a form's labels and headings that a file must show to be taken for it


def extract(
    data: bytes, name: str, form: FormDefinition, *, repair: bool = False, passwords: Sequence[str] = ()
) -> tuple[Submission | None, tuple[Finding, ...]]:
    """Everything the form asks for that the file says, with findings for all that is odd, doubtful or left over.

    `name` is the file's name, for positions only. Indicators stand under the level they are printed under; where
    another one is proposed a finding says so, and `repair` applies the proposals. None where the file cannot be
    opened or is not this form. The identity names the form alone: who reported is for the caller to say.
    """
    workbook, opened = open_form(data, name, passwords)
    if workbook is None:
        return None, opened
    texts = captions(form)
    sheet, count = _chosen(workbook, name, form, texts)
    if sheet is None or count < max(_FEWEST, _SHARE * _wanted(texts)):
        refused = finding(Code.EXT_NOT_THIS_FORM, Position(file=name), title=form.title, count=count)
        return None, (*opened, refused)
    page = _page(workbook, sheet, name, form, texts)
    tables = regions(page, form)
    indicators = _indicators(page, tables, repair=repair)
    rows = _rows(page, tables)
    inside = {row for table in tables for row in range(table.first, table.last + 1)}
    fields = read_scalars(page, form, frozenset(page.rows.keys() - inside))
    _report(page, form, fields, indicators)
    found = sorted((*opened, *page.findings), key=lambda item: item.position.row)
    found += _other_sheets(workbook, page)
    role = Role.DEPARTMENT if _of_department(form, fields) else Role.UNIT
    identity = Identity(form.id, form.version, "", "", 0, role.value)
    digest = hashlib.sha256(data).hexdigest()
    return Submission(
        identity, name, digest, workbook.application, fields, rows, indicators, tuple(found)
    ), tuple(found)


def _page(workbook: RawWorkbook, sheet: RawSheet, name: str, form: FormDefinition, texts: Captions) -> Page:
    page = page_of(workbook, sheet, name, Setting(workbook.date1904, form.money), texts)
    page.decimals, page.measure = form.decimals, noted_measure(page)
    return page


def _chosen(
    workbook: RawWorkbook, name: str, form: FormDefinition, texts: Captions
) -> tuple[RawSheet | None, int]:
    """The sheet that shows most of the form's labels and headings, and how many."""
    best: tuple[RawSheet | None, int] = (None, 0)
    for sheet in workbook.sheets:
        page = _page(workbook, sheet, name, form, texts)
        count = len({caption.key for _, caption in labelled(page) if caption.key})
        if count > best[1]:
            best = (sheet, count)
    return best


def _wanted(texts: Captions) -> int:
    keys = {c.key for items in texts.exact.values() for c in items if c.key and c.what is not What.TEXT}
    return len(keys)


def _indicators(page: Page, tables: tuple[Region, ...], *, repair: bool) -> tuple[Indicator, ...]:
    made: list[Indicator] = []
    for table in tables:
        tree = table.block
        if not isinstance(tree, Tree):
            continue
        entries = read_tree(page, table, tree)
        found = proposals(tree, entries)
        numbered = keyed(tree, repaired(entries, found) if repair else entries)
        keys = {entry.name.place: key for key, entry in numbered}
        report_proposals(page, found, keys, moved=repair)
        read = [(entry, indicator(page, tree, entry, key)) for key, entry in numbered]
        doubt_names(page, read)
        doubt_targets(page, read)
        made += [item for _, item in read]
    return tuple(made)


def _rows(page: Page, tables: tuple[Region, ...]) -> tuple[RowAnswer, ...]:
    return tuple(
        row for table in tables if isinstance(table.block, Rows) for row in read_rows(page, table, table.block)
    )


def _report(
    page: Page, form: FormDefinition, fields: tuple[FieldAnswer, ...], indicators: tuple[Indicator, ...]
) -> None:
    targets = frozenset(f"{item.key}.{target.column}.value" for item in indicators for target in item.targets)
    report_slips(page, targets)
    by_key = {answer.key: answer for answer in fields}
    named = [(by_key[answer.key], answer.label.rstrip("：:")) for answer in _answers(form)
             if answer.rule == "consolidated_name" and answer.key in by_key]  # fmt: skip
    report_two_names(page, named)
    _gaps(page, form, by_key)
    _year(page, form)
    _left_over(page)


def _answers(form: FormDefinition) -> Iterator[Answer]:
    for block in form.blocks:
        if isinstance(block, Fields):
            yield from (answer for row in block.rows for answer in row)


def _gaps(page: Page, form: FormDefinition, answers: dict[str, FieldAnswer]) -> None:
    """Totals that differ from the parts they are usually the sum of."""
    numbers = {}
    for label, key in _labels(form):
        answer = answers.get(key)
        if answer is not None and answer.number is not None:
            numbers[label] = (answer.number, key)
    for gap in extract_words()["gap"]:
        if not {gap["total"], *gap["parts"]} <= numbers.keys():
            continue
        total, key = numbers[gap["total"]]
        difference = total - sum((numbers[part][0] for part in gap["parts"]), Decimal(0))
        if difference:
            seen = next((text.seen for text in page.texts if text.key == key), None)
            page.say(Code.EXT_GAP, seen, key, total=gap["total"], parts="、".join(gap["parts"]), difference=difference)


def _labels(form: FormDefinition) -> Iterator[tuple[str, str]]:
    for answer in _answers(form):
        yield answer.name or answer.label, answer.key
    for block in form.blocks:
        if isinstance(block, Lines) and len(block.columns) == 1:
            for line in block.lines:
                yield line.name, f"{block.frame.key}.{line.key}"


def _year(page: Page, form: FormDefinition) -> None:
    for cells in page.rows.values():
        for seen in cells:
            match = page.captions.band(seen.text) if seen.place not in page.used else None
            year = match.groupdict().get("year") if match else None
            if year and int(year) != form.year:
                page.say(Code.EXT_YEAR, seen, found=year, year=form.year)


def _left_over(page: Page) -> None:
    """Cells that are neither an answer nor a text of the form."""
    for row in page.rows:
        for seen in page.free(row):
            if not seen.captions:
                page.say(Code.EXT_UNASKED, seen, text=texts_of([seen]))


def _of_department(form: FormDefinition, fields: tuple[FieldAnswer, ...]) -> bool:
    """Whether something is answered that only a department is asked."""
    only = {answer.key for answer in _answers(form) if answer.roles == frozenset({Role.DEPARTMENT})}
    return any(answer.key in only and answer.text for answer in fields)


def _other_sheets(workbook: RawWorkbook, page: Page) -> list[Finding]:
    """Visible sheets beside the one that was read, where anything stands on them."""
    found = []
    for sheet in workbook.sheets:
        if sheet is page.sheet or sheet.state != "visible" or not sheet.cells:
            continue
        cells = page_of(workbook, sheet, page.file, page.setting, page.captions).rows.values()
        seen = [cell for row in cells for cell in row]
        if seen:
            position = Position(file=page.file, sheet=sheet.name, cell=listed(cell.place for cell in seen))
            found.append(finding(Code.TPL_OTHER_SHEET, position, sheet=sheet.name, count=len(seen),
                                 texts=quoted([cell.text for cell in seen])))  # fmt: skip
    return found


