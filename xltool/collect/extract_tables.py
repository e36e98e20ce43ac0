"""Where the tables of a foreign form begin and end, and the rows of its repeating blocks."""

from __future__ import annotations

from dataclasses import dataclass

from xltool.collect.extract_captions import What, asked_for
from xltool.collect.extract_grid import Page, Seen, texts_of
from xltool.collect.extract_scalars import measure_of, read_answer
from xltool.findings import Code
from xltool.model.form import Answer, Block, FormDefinition, Rows, Tree
from xltool.model.submission import FieldAnswer, RowAnswer, Source
from xltool.model.value import State

_SHARE = 0.6  # of a table's headings, in one row, make it the heading row


@dataclass(frozen=True, slots=True)
class Region:
    """The rows of one table: `first` is the row of its headings, `last` its last row."""

    block: Rows | Tree
    first: int
    last: int


def regions(page: Page, form: FormDefinition) -> tuple[Region, ...]:
    """The tables in the order of the form; one whose headings are not found is reported."""
    found: list[Region] = []
    taken: set[int] = set()
    for block in form.blocks:
        if not isinstance(block, Rows | Tree):
            continue
        first = _heading_row(page, block, taken)
        if first is None:
            if asked_for(block):
                page.say(Code.EXT_TABLE_MISSING, None, block.frame.key, table=name_of(block))
            continue
        region = Region(block, first, _last_row(page, form, block, first))
        taken.update(range(region.first, region.last + 1))
        found.append(region)
    return tuple(found)


def name_of(block: Block) -> str:
    """What a person calls a table."""
    if isinstance(block, Rows):
        return block.frame.caption or block.columns[0].label
    if isinstance(block, Tree):
        return block.frame.caption or block.name.group or block.name.heading
    return block.frame.caption or block.frame.key


def _heading_row(page: Page, block: Rows | Tree, taken: set[int]) -> int | None:
    key = block.frame.key
    if isinstance(block, Rows):
        wanted = len(block.columns)
    else:
        wanted = len(block.levels) + 1 + len(block.targets)
    best: tuple[int, int] | None = None
    for row, cells in page.rows.items():
        if row in taken:
            continue
        keys = {c.key for seen in cells for c in seen.captions if c.what is What.HEADING and c.block == key}
        if len(keys) >= max(1, _SHARE * wanted) and (best is None or len(keys) > best[0]):
            best = (len(keys), row)
    return best[1] if best else None


def _last_row(page: Page, form: FormDefinition, block: Rows | Tree, first: int) -> int:
    """The row before the next text of the form that belongs to another block."""
    own = {section.caption for section in form.sections if section.key == block.frame.section}
    last = first
    for row, cells in page.rows.items():
        if row <= first:
            continue
        for seen in cells:
            for caption in seen.captions:
                label = caption.what in (What.FIELD, What.LINE, What.CAPTION)
                if label and caption.block != block.frame.key and caption.text not in own:
                    return last
        last = row
    return last


def column_of(page: Page, seen: Seen, columns: dict[str, Seen]) -> str | None:
    """The key of the heading this cell stands under: in its column, or in those its merged cell covers."""
    for key, heading in columns.items():
        if heading.col <= seen.col <= page.right(heading):
            return key
    return None


def read_rows(page: Page, region: Region, block: Rows) -> tuple[RowAnswer, ...]:
    """The filled rows of a repeating block, numbered from 1 as printed."""
    key = block.frame.key
    columns = _columns(page, region, block)
    known = [(heading.col, page.right(heading)) for heading in columns.values()]
    skip_unknown_columns(page, region, region.first, known)
    rows: list[RowAnswer] = []
    for row in range(region.first + 1, region.last + 1):
        cells = [seen for seen in page.free(row) if not _repeated(page, seen, key)]
        found = _sorted_in(page, block, columns, cells)
        if not found:
            continue
        number = f"{key}#{len(rows) + 1:02d}"
        rows.append(RowAnswer(key, number, tuple(_answer(page, found, number, a, columns) for a in block.columns)))
    return tuple(rows)


def _columns(page: Page, region: Region, block: Rows) -> dict[str, Seen]:
    columns: dict[str, Seen] = {}
    for seen in page.rows[region.first]:
        for caption in seen.captions:
            if caption.what is What.HEADING and caption.block == block.frame.key and caption.key not in columns:
                columns[caption.key] = seen
                page.use(seen)
                break
    for answer in block.columns:
        if f"{block.frame.key}.{answer.key}" not in columns:
            page.say(Code.EXT_COLUMN_MISSING, None, f"{block.frame.key}.{answer.key}", table=name_of(block),
                     heading=answer.label)  # fmt: skip
    return columns


def _repeated(page: Page, seen: Seen, key: str) -> bool:
    """A caption at the side, or the headings again on the next page."""
    if not any(c.what is What.CAPTION or (c.what is What.HEADING and c.block == key) for c in seen.captions):
        return False
    page.use(seen)
    return True


def _sorted_in(page: Page, block: Rows, columns: dict[str, Seen], cells: list[Seen]) -> dict[str, Seen]:
    """Each cell to its column; one that stands beside its column goes to the heading on its left if that is free."""
    found: dict[str, Seen] = {}
    beside: list[Seen] = []
    for seen in cells:
        key = column_of(page, seen, columns)
        if key is None:
            beside.append(seen)
        elif key not in found:
            found[key] = seen
    for seen in beside:
        left = [key for key, heading in columns.items() if heading.col < seen.col]
        key = max(left, key=lambda item: columns[item].col, default=None)
        if key is None or key in found:
            continue
        found[key] = seen
        label = next(c.label for c in block.columns if key == f"{block.frame.key}.{c.key}")
        page.say(Code.EXT_MISPLACED, seen, key, label=label, text=texts_of([seen]), found=page.where(*seen.place),
                 expected=page.where(seen.row, columns[key].col))  # fmt: skip
    page.use(*found.values())
    return found


def _answer(
    page: Page, found: dict[str, Seen], number: str, answer: Answer, columns: dict[str, Seen]
) -> FieldAnswer:
    block = number.partition("#")[0]
    seen = found.get(f"{block}.{answer.key}")
    if seen is None:
        return FieldAnswer(answer.key, State.BLANK, "", None, Source(page.sheet.name, ""))
    measure = measure_of(columns[f"{block}.{answer.key}"]) or page.measure
    return read_answer(page, seen, answer, answer.key, f"{number}.{answer.key}", measure)


def skip_unknown_columns(page: Page, region: Region, after: int, known: list[tuple[int, int]]) -> None:
    """Columns under headings that are none of the form's: reported once each, their cells left unread.

    `after` is the last row of headings, `known` the (first, last) columns of the form's own.
    """
    for row in range(region.first, after + 1):
        for seen in page.free(row):
            if seen.captions or any(first <= seen.col <= last for first, last in known):
                continue
            cells = [
                cell
                for below in range(after + 1, region.last + 1)
                for cell in page.free(below)
                if seen.col <= cell.col <= page.right(seen) and not cell.captions
            ]
            page.use(seen, *cells)
            page.say(Code.EXT_UNKNOWN_COLUMN, seen, region.block.frame.key, table=name_of(region.block),
                     heading=texts_of([seen]), count=len(cells))  # fmt: skip
