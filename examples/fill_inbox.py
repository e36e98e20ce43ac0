"""Fills an example's generated workbooks by real programs, as its units would, and saves them as its inbox.

    python examples/fill_inbox.py minhang-2024 OUTBOX

OUTBOX holds the workbooks of the example's campaign. Needs a checkout installed with `pip install -e .`, LibreOffice,
and `npm ci` in tests/clients/node. The README.md beside each example shows the whole way.
"""

from __future__ import annotations

import csv
import re
import sys
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import openpyxl

from tests.clients.javascript import NodeClient
from tests.clients.libreoffice import Book, LibreOffice
from xltool.addresses import a1
from xltool.definition import load_form
from xltool.excel.read import read_bytes
from xltool.layout.form import lay_out
from xltool.model.form import AnswerType, Profile, Role
from xltool.model.layout import FormLayout, Slot

HERE = Path(__file__).parent

# What each program leaves in docProps/app.xml (Application, AppVersion); exceljs gives itself out as Excel.
SIGNATURES = {
    "libreoffice": r"LibreOffice/.*",
    "exceljs": r"Microsoft Excel 16\.0300",
    "sheetjs": r"SheetJS 12\.0000",
    "openpyxl": r"Microsoft Excel Compatible / Openpyxl .*",
}
USUAL = "libreoffice"  # for units that programs.csv does not name
NUMERIC = {AnswerType.MONEY, AnswerType.INTEGER, AnswerType.NUMBER}
PICKED = {"operator", "measure"}
KNOWN = {"unit_code", "level", "name"}  # columns of answers.csv that are no parts of an indicator
PARTS = {part: f"current.{part}" for part in ("operator", "value", "measure")}  # written short there

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell and what the unit types into it."""

    slot: Slot
    text: str

    @property
    def cell(self) -> str:
        return a1(self.slot.range.first_row, self.slot.range.first_col)

    @property
    def numeric(self) -> bool:
        """Whether the text is a number in a numeric cell; a person's `46人` stays text."""
        asked = self.slot.answer is not None and self.slot.answer.type in NUMERIC
        return asked and re.fullmatch(r"\d+(\.\d+)?", self.text) is not None

    @property
    def value(self) -> str | float:
        """As a library takes it, which has no input parser."""
        return float(self.text) if self.numeric else self.text


class MismatchError(Exception):
    """A saved workbook does not hold what was to be filled in."""


@dataclass(frozen=True, slots=True)
class Example:
    """The folder of one example and the tables in it; a table that an example does not need is absent."""

    folder: Path

    def rows_of(self, name: str) -> list[Row]:
        path = self.folder / name
        if not path.is_file():
            return []
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def mistakes(self, code: str) -> list[Row]:
        return [row for row in self.rows_of("mistakes.csv") if row["unit_code"] == code]

    def program_of(self, code: str) -> str:
        named = {row["unit_code"]: row["program"] for row in self.rows_of("programs.csv")}
        return named.get(code, USUAL)

    def answers(self, code: str, *, spoiled: bool) -> dict[str, str]:
        """What a unit writes, by slot key; `spoiled` with the mistakes of its first attempt."""
        written = {row["field"]: row["text"] for row in self.rows_of("fields.csv") if row["unit_code"] == code}
        tasks = [row for row in self.rows_of("tasks.csv") if row["unit_code"] == code]
        for number, task in enumerate(tasks, start=1):
            written |= {f"tasks#{number:02}.{part}": task[part] for part in ("title", "content")}
        used: Counter[str] = Counter()
        spoils = self.mistakes(code) if spoiled else []
        wrong = {(row["level"], row["name"], row["part"]): row["text"] for row in spoils}
        for row in self.rows_of("answers.csv"):
            if row["unit_code"] != code:
                continue
            used[row["level"]] += 1
            key = f"{row['level']}#{used[row['level']]:02}"
            written[f"{key}.name"] = row["name"]
            for part in row.keys() - KNOWN:
                written[f"{key}.{PARTS.get(part, part)}"] = wrong.get((row["level"], row["name"], part), row[part])
        written |= {name: text for (level, name, _), text in wrong.items() if not level}
        return {key: text for key, text in written.items() if text}


def cells(layout: FormLayout) -> dict[str, tuple[int, int]]:
    """Row and column (from 1) of each slot's first cell, by slot key."""
    return {slot.key: (slot.range.first_row, slot.range.first_col) for slot in layout.slots}


def entries(layout: FormLayout, written: dict[str, str]) -> Iterator[Entry]:
    """In the order of the sheet, as a person goes through it."""
    slots = {slot.key: slot for slot in layout.slots}
    missing = written.keys() - slots.keys()
    if missing:
        raise MismatchError(f"no cell for {sorted(missing)}")
    where = cells(layout)
    for key in sorted(written, key=where.__getitem__):
        yield Entry(slots[key], written[key])


class Programs:
    """The programs, LibreOffice started once for all its workbooks."""

    def __init__(self, office: LibreOffice) -> None:
        self.office = office

    def fill(self, program: str, path: Path, out: Path, sheet: str, typed: list[Entry], *, sound: bool) -> None:
        if program == "libreoffice":
            with self.office.open(path) as book:
                type_all(book, sheet, typed, sound=sound)
                book.save(out)
        elif program == "openpyxl":
            fill_by_openpyxl(path, out, sheet, typed)
        else:
            NodeClient(program).fill(path, out, ((sheet, entry.cell, entry.value) for entry in typed))


def type_all(book: Book, sheet: str, typed: Iterable[Entry], *, sound: bool) -> None:
    """Type and pick. `sound`: every list offers what is picked and no validation objects to anything at the end.

    A spoiled form is typed throughout, as if pasted: a paste passes the validations by, in every office program.
    """
    for entry in typed:
        picked = sound and entry.slot.part in PICKED
        enter = book.choose if picked else book.type
        after = enter(sheet, entry.cell, entry.text).after
        if not entry.numeric and after.text != entry.text:
            raise MismatchError(f"{entry.slot.key}: typed {entry.text!r}, shown {after.text!r}")
    objections = book.invalid(sheet)
    if sound == bool(objections):
        raise MismatchError(f"validations object to {objections or 'nothing'}")


def fill_by_openpyxl(path: Path, out: Path, sheet: str, typed: Iterable[Entry]) -> None:
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    for entry in typed:
        cell = page[entry.cell]
        cell.value = entry.value
        if isinstance(entry.value, str):
            cell.data_type = "s"  # a lone «=» would be taken for a formula
    book.save(out)


def signature(path: Path) -> str:
    """Application and AppVersion as the file's extended properties say them."""
    with zipfile.ZipFile(path) as package:
        text = package.read("docProps/app.xml").decode("utf-8")
    found = (re.search(rf"<(?:\w+:)?{name}>([^<]*)<", text) for name in ("Application", "AppVersion"))
    return " ".join(match[1] if match else "" for match in found)


def verify(path: Path, sheet: str, typed: list[Entry]) -> None:
    """The saved file holds every entry, read by means that the program which saved it has no part in."""
    raw, findings = read_bytes(path.read_bytes(), path.name)
    if raw is None:
        raise MismatchError(f"{path.name}: {findings}")
    held = next(item for item in raw.sheets if item.name == sheet).cells
    for entry in typed:
        cell = held.get((entry.slot.range.first_row, entry.slot.range.first_col))
        text = cell.text if cell else ""
        if entry.numeric:
            same = cell is not None and cell.kind == "number" and Decimal(repr(float(text))) == Decimal(entry.text)
        else:
            same = cell is not None and cell.kind == "text" and text == entry.text
        if not same:
            raise MismatchError(f"{path.name}: {entry.slot.key} in {entry.cell} is {cell!r}, not {entry.text!r}")


def main(example: Example, outbox: Path) -> None:
    campaign = tomllib.loads((example.folder / "campaign.toml").read_text(encoding="utf-8"))["campaign"]
    form, findings = load_form(campaign["form"])
    if form is None:
        raise MismatchError(str(findings))
    roles = {row["code"]: Role(row["role"]) for row in example.rows_of("units.csv")}
    inbox = example.folder / "inbox"
    inbox.mkdir(exist_ok=True)
    filled = set()
    with LibreOffice() as office:
        programs = Programs(office)
        for path in sorted(outbox.glob("*.xlsx")):
            code = path.name.partition("_")[0]
            spoiled = "第1次" in path.name and bool(example.mistakes(code))
            layout = lay_out(form, roles[code], Profile.FILL)
            typed = list(entries(layout, example.answers(code, spoiled=spoiled)))
            program, out = example.program_of(code), inbox / path.name
            programs.fill(program, path, out, layout.sheet.name, typed, sound=not spoiled)
            verify(out, layout.sheet.name, typed)
            if re.fullmatch(SIGNATURES[program], signature(out)) is None:
                raise MismatchError(f"{out.name}: signed {signature(out)}, not by {program}")
            filled.add(code)
            print(f"{out.name}: {len(typed)} cells, {signature(out)}")
    if filled != roles.keys():
        raise MismatchError(f"no workbook for {sorted(roles.keys() - filled)}")


if __name__ == "__main__":
    main(Example(HERE / sys.argv[1]), Path(sys.argv[2]))
