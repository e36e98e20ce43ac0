"""A whole form out of its document: each sound part is built, so a mistake in one block does not hide another's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from xltool import measures
from xltool.definition.block_vocabulary import BLOCKS
from xltool.definition.blocks import Grid, band, check_unique, fields_block, lines_block, rows_block
from xltool.definition.positions import KeyPath
from xltool.definition.reading import inspect
from xltool.definition.references import check_expressions, check_keys, check_sections
from xltool.definition.shapes import Table
from xltool.definition.source import Source, nearest
from xltool.definition.tree import tree_block
from xltool.definition.view import View
from xltool.definition.vocabulary import CHECK, DOCUMENT, FORM, SECTION, SHEET
from xltool.findings import Code
from xltool.model.finding import Severity
from xltool.model.form import Block, Check, FormDefinition, Level, Role, Section, SheetDesign

ReadLeaves = Callable[[str, int, KeyPath], tuple[Level, ...]]
"""The leaves in a file of the form's folder: its name, how deep the tree is, and the key that names it."""


def build(source: Source, read_leaves: ReadLeaves) -> FormDefinition | None:
    """The form, or None where its own tables are not sound; what is wrong is reported to `source`."""
    whole = inspect(DOCUMENT, source.raw, (), source)
    form, sheet = _view(FORM, source, "form"), _view(SHEET, source, "sheet")
    sections, blocks = _views(SECTION, source, "section"), _block_views(source)
    checks = _views(CHECK, source, "check")
    for listed in (sections, blocks, checks):
        check_unique(listed)
    check_sections(sections, blocks)
    if sheet is None:
        return None
    grid = Grid(len(sheet.numbers("tracks")), {item.text("key"): item.integer("side") for item in sections})
    built = [(view, _block(view, grid, read_leaves)) for view in blocks]
    check_keys(built)
    check_expressions(checks, built, complete=whole)
    if form is None:
        return None
    return _definition(form, _sheet(sheet), sections, tuple(block for _, block in built), checks)


def _view(table: Table, source: Source, name: str) -> View | None:
    raw = source.raw.get(name)
    return View(table, raw, (name,), source) if isinstance(raw, dict) and _sound(table, raw) else None


def _views(table: Table, source: Source, name: str) -> tuple[View, ...]:
    raw = source.raw.get(name)
    items = enumerate(raw if isinstance(raw, list) else [])
    return tuple(View(table, item, (name, number), source) for number, item in items if _sound(table, item))


def _block_views(source: Source) -> tuple[View, ...]:
    raw = source.raw.get("block")
    views = []
    for number, item in enumerate(raw if isinstance(raw, list) else []):
        kind = item.get("kind") if isinstance(item, dict) else None
        table = BLOCKS.get(kind) if isinstance(kind, str) else None
        if table and _sound(table, item):
            views.append(View(table, item, ("block", number), source))
    return tuple(views)


def _sound(table: Table, raw: object) -> bool:
    """Whether a part is sound by itself; its mistakes have been reported with the whole document."""
    return inspect(table, raw, (), Source("", raw=raw if isinstance(raw, Mapping) else {}))


def _block(view: View, grid: Grid, read_leaves: ReadLeaves) -> Block:
    match view.text("kind"):
        case "band":
            return band(view)
        case "lines":
            return lines_block(view, grid)
        case "rows":
            return rows_block(view, grid)
        case "tree":
            leaves = read_leaves(view.text("rows_from"), len(view.children("levels")), view.at("rows_from"))
            return tree_block(view, grid, leaves)
    return fields_block(view, grid)


def _sheet(view: View) -> SheetDesign:
    return SheetDesign(
        name=view.text("name"),
        tracks=view.numbers("tracks"),
        paper=view.text("paper"),
        landscape=view.text("orientation") == "landscape",
        font=view.text("font"),
        title_font=view.text("title_font"),
        font_size=view.number("font_size"),
    )


def _definition(
    form: View, sheet: SheetDesign, sections: tuple[View, ...], blocks: tuple[Block, ...], checks: tuple[View, ...]
) -> FormDefinition:
    money = form.child("money")
    assert money is not None
    return FormDefinition(
        id=form.text("id"),
        version=form.text("version"),
        year=form.integer("year"),
        issuer=form.text("issuer"),
        annex=form.text("annex"),
        title=form.text("title"),
        short_title=form.text("short_title") or form.text("title"),
        money=_money(money),
        decimals=money.integer("decimals"),
        consolidated_name=form.text("consolidated_name"),
        double_entry_threshold=form.decimal("double_entry_threshold") or Decimal(0),
        sheet=sheet,
        sections=tuple(Section(item.text("key"), item.text("caption"), item.integer("side")) for item in sections),
        blocks=blocks,
        checks=tuple(_check(item) for item in checks),
        remarks=form.text("remarks"),
        reasons=form.texts("reasons"),
    )


def _money(view: View) -> str:
    """The canonical symbol of the money measure."""
    written = view.text("measure")
    measure = measures.find(written)
    if measure is not None and measures.family(measure) == "money":
        return measure.symbol
    known = [symbol for symbol in measures.symbols() if _is_money(symbol)]
    view.source.report(Code.DEF_MEASURE, view.at("measure"), measure=written, known=nearest(written, known))
    return written


def _is_money(symbol: str) -> bool:
    measure = measures.find(symbol)
    return measure is not None and measures.family(measure) == "money"


def _check(view: View) -> Check:
    return Check(
        key=view.text("key"),
        label=view.text("label"),
        expression=view.text("expression"),
        tolerance=view.decimal("tolerance") or Decimal(0),
        severity=Severity(view.text("severity")),
        head=view.text("head"),
        roles=frozenset(Role(word) for word in view.texts("roles")),
    )
