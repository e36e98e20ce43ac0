"""What fuzzing starts from: small forms of ours, filled and blank, files of other programs, and files made to harm."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import openpyxl

from tests import tiny
from tests.clients.libreoffice import LibreOffice, missing
from tests.issued import FORM_IDS, Issued, form_of, issue
from tests.packages import parts, sheet, zipped
from xltool.addresses import a1

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
LARGEST = 64 * 1024  # bytes of a seed: what is larger costs executions and shows nothing new
CELLS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><f>A1</f><v>1.5</v></c><c r="C1" t="e"><v>#N/A</v></c></row>'
    '<row r="2" hidden="1"><c r="A2" t="inlineStr"><is><t>甲</t></is></c><c r="B2" t="str"><f>1</f><v>x</v></c></row>'
    '<row r="3"><c r="A3" t="b"><v>1</v></c><c r="B3" t="d"><v>2024-03-31</v></c><c><v>-1e3</v></c></row>'
)
AROUND = (
    '<sheetProtection sheet="1"/><mergeCells><mergeCell ref="A1:B2"/></mergeCells><dataValidations count="1">'
    '<dataValidation type="list" sqref="A1:A3 C1"><formula1>"=,≥"</formula1></dataValidation></dataValidations>'
)


def filled() -> bytes:
    """The small form with each of its answers given."""
    issued = issue(tiny.FORM)
    return _typed(issued, {key: content for key, content in tiny.FILLED.items() if key in issued.slots})


def _typed(issued: Issued, contents: dict[str, object]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(issued.data))
    page = book[issued.sheet]
    for key, content in contents.items():
        where = issued.slots[key].range
        cell = page[a1(where.first_row, where.first_col)]
        cell.value = content
        if isinstance(content, str):
            cell.data_type = "s"
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def forms() -> Iterator[bytes]:
    """Forms that are recognised, located and interpreted to the end."""
    yield filled()
    yield issue(tiny.FORM).data
    for form_id in FORM_IDS:
        yield issue(form_of(form_id)).data
    for path in sorted((ROOT / "examples").glob("*/inbox/*.xlsx"))[::4]:
        yield path.read_bytes()


def packages() -> Iterator[bytes]:
    """Small packages that show the reader something of everything, and the corpus of other programs' files."""
    hand_made = parts(sheet(CELLS, AROUND, '<cols><col min="2" max="3" hidden="1"/></cols>'))
    yield zipped(hand_made)
    for path in sorted(CORPUS.rglob("*")):
        if path.is_file() and path.stat().st_size <= LARGEST and path.suffix.lower() not in (".md", ".tsv"):
            yield path.read_bytes()


def parcels() -> Iterator[bytes]:
    """A form in a zip, in a zip within a zip, and attached to a forwarded mail."""
    form = filled()
    inner = zipped({"申报表.xlsx": form, "~$申报表.xlsx": b"lock", "Thumbs.db": b""})
    yield inner
    yield zipped({"里面.zip": inner, "说明.txt": "见附件".encode("gbk")})
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "报送", "unit@example.invalid", "office@example.invalid"
    mail.set_content("见附件。")
    mail.add_attachment(form, maintype="application", subtype="octet-stream", filename="申报表.xlsx")
    yield mail.as_bytes()
    outer = EmailMessage()
    outer["Subject"] = "转发"
    outer.set_content("转发")
    outer.add_attachment(mail)
    yield outer.as_bytes()


def opendocument() -> Iterator[bytes]:
    """The same forms saved by LibreOffice as .ods."""
    return _saved("ods")


def binary() -> Iterator[bytes]:
    """The same forms saved by LibreOffice as .xls."""
    return _saved("xls")


def _saved(kind: str) -> Iterator[bytes]:
    reason = missing()
    if reason is not None:
        raise RuntimeError(reason)
    with tempfile.TemporaryDirectory() as folder, LibreOffice() as office:
        for number, data in enumerate((filled(), issue(form_of(FORM_IDS[0])).data)):
            source = Path(folder, f"{number}.xlsx")
            source.write_bytes(data)
            with office.open(source) as book:
                yield book.save(source.with_suffix(f".{kind}"), kind).read_bytes()
