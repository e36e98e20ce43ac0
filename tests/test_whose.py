"""Whose form a file is: proven by its token, proposed where that is lost, given by a person, never guessed."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.packages import Content, zipped
from tests.test_gate import package_of
from xltool import campaign as campaigns
from xltool.cli import main
from xltool.collect.naming import named_by
from xltool.data import example
from xltool.excel.gate import open_package
from xltool.excel.package import Package
from xltool.findings import Code, message
from xltool.model.campaign import ReportingUnit
from xltool.model.form import Role
from xltool.store.entries import AttemptStatus
from xltool.store.ledger import Ledger
from xltool.workflow.collect import CollectResult, collect
from xltool.workflow.context import Context

CONTEXT = Context(now=lambda: datetime(2024, 1, 1, 12, tzinfo=UTC), jobs=1, who="甲")


@cache
def returned(code: str = "002") -> bytes:
    """A form as this unit of the example returned it."""
    return next(iter(sorted(Path(str(example("minhang-2024"))).glob(f"inbox/{code}_*")))).read_bytes()


@cache
def parts(code: str = "002") -> dict[str, bytes]:
    package = open_package(returned(code))
    assert isinstance(package, Package)
    return {entry.name: b"".join(package.chunks(key)) for key, entry in package.entries.items()}


def changed(change: dict[bytes, bytes], code: str = "002") -> bytes:
    """The returned form with some bytes replaced in all of its parts."""
    found: dict[str, Content] = {}
    for name, part in parts(code).items():
        for old, new in change.items():
            part = part.replace(old, new)  # noqa: PLW2901
        found[name] = part
    return zipped(found)


def token(code: str = "002") -> bytes:
    found = {match for part in parts(code).values() for match in re.findall(rb"XT1\.[A-Za-z0-9%._-]+", part)}
    assert len(found) == 1
    only: bytes = found.pop()
    return only


def without_token(code: str = "002") -> bytes:
    return changed({token(code): b"none"}, code)


def lay(place: Path) -> Path:
    """The example's campaign with an empty inbox."""
    bundled = Path(str(example("minhang-2024")))
    shutil.copytree(bundled, place, ignore=shutil.ignore_patterns("*.py", "*.js", "*.md", "__pycache__", "inbox"))
    campaigns.inbox(place).mkdir()
    return place


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lay(tmp_path / "campaign")


def put(folder: Path, name: str, data: bytes) -> Path:
    path = campaigns.inbox(folder) / name
    path.write_bytes(data)
    return path


def units(folder: Path) -> dict[str, ReportingUnit]:
    campaign, _ = campaigns.load(folder)
    assert campaign is not None
    return {unit.code: unit for unit in campaign.units}


def identity_codes(result: CollectResult) -> list[str]:
    return [item.code for file in result.files for item in file.findings if item.code.startswith("IDN")]


def proposals(result: CollectResult) -> list[tuple[str, str]]:
    found = [item for file in result.files for item in file.findings if item.code == Code.IDN_PROPOSED]
    return [(dict(item.args)["unit_code"], dict(item.args)["reasons"]) for item in found]


def test_a_form_without_a_token_is_proposed_by_the_name_in_it_and_not_recorded_as_the_units(folder: Path) -> None:
    put(folder, "表.xlsx", without_token())
    result = collect(folder, context=CONTEXT)
    assert identity_codes(result) == [Code.IDN_DAMAGED, Code.IDN_PROPOSED]
    ((code, reasons),) = proposals(result)
    assert code == "002"
    assert units(folder)["002"].name in reasons
    assert [(file.unit_code, file.status) for file in result.files] == [("", AttemptStatus.REFUSED)]


def test_the_proposal_says_the_command_that_confirms_it(folder: Path) -> None:
    put(folder, "表.xlsx", without_token())
    (said,) = [item for item in collect(folder, context=CONTEXT).files[0].findings if item.code == Code.IDN_PROPOSED]
    assert 'xltool collect "表.xlsx" --as 002' in message(said)


def test_a_confirmed_unit_is_recorded_with_who_said_so(folder: Path) -> None:
    path = put(folder, "表.xlsx", without_token())
    collect(folder, context=CONTEXT)
    result = collect(folder, [path], unit="002", context=CONTEXT)
    assert identity_codes(result) == [Code.IDN_ASSIGNED]
    assert [file.unit_code for file in result.files] == ["002"]
    assert result.files[0].status is not AttemptStatus.REFUSED
    with Ledger.open(campaigns.ledger(folder)) as ledger:
        assert isinstance(ledger, Ledger)
        (attempt,) = ledger.attempts("002")
        assert attempt.submission is not None
        assert {event.who for event in ledger.history() if event.sha256 == attempt.sha256} == {"甲"}
    again = collect(folder, context=CONTEXT)
    assert [(file.unit_code, file.new) for file in again.files] == [("002", False)]


def test_what_was_read_as_told_is_what_the_token_would_have_given(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    put(folder, "表.xlsx", without_token())
    put(other, "表.xlsx", returned())
    collect(folder, [campaigns.inbox(folder) / "表.xlsx"], unit="002", context=CONTEXT)
    collect(other, context=CONTEXT)
    read = []
    for place in (folder, other):
        with Ledger.open(campaigns.ledger(place)) as ledger:
            assert isinstance(ledger, Ledger)
            (attempt,) = ledger.attempts("002")
            assert attempt.submission is not None
            read.append((attempt.submission.fields, attempt.submission.rows, attempt.submission.indicators))
    assert read[0] == read[1]


def test_a_spoilt_signature_is_a_forgery_and_its_unit_a_proposal(folder: Path) -> None:
    put(folder, "表.xlsx", changed({token(): token()[:-4] + b"AAAA"}))
    result = collect(folder, context=CONTEXT)
    assert identity_codes(result) == [Code.IDN_FORGED, Code.IDN_PROPOSED]
    assert [code for code, _ in proposals(result)] == ["002"]


def test_a_form_that_names_another_unit_is_an_error_and_may_be_given_to_it(folder: Path) -> None:
    names = {code: unit.name.encode() for code, unit in units(folder).items()}
    path = put(folder, "表.xlsx", changed({names["002"]: names["003"]}))
    result = collect(folder, context=CONTEXT)
    assert Code.IDN_OTHER_UNIT in identity_codes(result)
    assert [(file.unit_code, file.status) for file in result.files] == [("002", AttemptStatus.ERRORS)]
    result = collect(folder, [path], unit="003", context=CONTEXT)
    assert [file.unit_code for file in result.files] == ["003"]
    assert Code.IDN_OTHER_UNIT not in identity_codes(result)


def test_a_proven_form_is_not_given_to_another_unit(folder: Path) -> None:
    path = put(folder, "表.xlsx", returned())
    result = collect(folder, [path], unit="003", context=CONTEXT)
    assert Code.IDN_SURE in identity_codes(result)
    assert [file.unit_code for file in result.files] == ["002"]


def test_a_form_of_another_round_cannot_be_given_to_anybody(folder: Path) -> None:
    settings = folder / "campaign.toml"
    settings.write_text(settings.read_text("utf-8").replace("example-2024", "example-2025"), "utf-8")
    path = put(folder, "表.xlsx", returned())
    result = collect(folder, [path], unit="002", context=CONTEXT)
    assert identity_codes(result) == [Code.IDN_OTHER_CAMPAIGN]
    assert [file.status for file in result.files] == [AttemptStatus.ERRORS]


@pytest.mark.parametrize(("unit", "code"), [("999", Code.DEF_UNIT_UNKNOWN), ("002", Code.COL_ONE_FILE)])
def test_naming_a_unit_takes_one_file_and_a_unit_of_the_roster(folder: Path, unit: str, code: Code) -> None:
    put(folder, "a.xlsx", without_token())
    put(folder, "b.xlsx", returned())
    result = collect(folder, unit=unit, context=CONTEXT)
    assert (result.files, code in [item.code for item in result.findings]) == ((), True)


def test_nothing_is_proposed_where_nothing_or_two_units_speak_for_it(folder: Path) -> None:
    names = {code: unit.name.encode() for code, unit in units(folder).items()}
    put(folder, "表.xlsx", changed({token(): b"none", names["002"]: b"somebody"}))
    assert [reasons for _, reasons in proposals(collect(folder, context=CONTEXT)) if "名称" in reasons] == []


def test_a_file_name_is_the_weakest_hint(folder: Path) -> None:
    put(folder, f"003_{units(folder)['003'].name}.xlsx", without_token())
    assert [code for code, _ in proposals(collect(folder, context=CONTEXT))] == ["002"]


def test_the_command_takes_the_unit(folder: Path) -> None:
    path = put(folder, "表.xlsx", without_token())
    done = CliRunner().invoke(main, ["collect", "-C", str(folder), str(path), "--as", "002", "--info"])
    assert "IDN12" in done.output


UNITS = [
    ReportingUnit("01", "示例馆", Role.UNIT), ReportingUnit("012", "示例馆分馆", Role.UNIT),
    ReportingUnit("A1", "救助站", Role.UNIT, full_name="示例区救助管理站"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("01盖章.pdf", "01"), ("012_x.jpg", "012"), ("0123.jpg", ""), ("示例馆.pdf", "01"),
        ("扫描 示例馆分馆.pdf", "012"), ("示例馆、救助站.pdf", ""), ("A1救助站.pdf", "A1"),
        ("示例区救助管理站.zip/扫描001.jpg", "A1"), ("救 助站.pdf", "A1"),
        ("示例馆.zip/救助站.pdf", "A1"), ("盖章.pdf", ""), ("a1x.pdf", ""),
    ],
)  # fmt: skip
def test_a_file_name_names_a_unit_by_its_name_or_its_code(name: str, code: str) -> None:
    assert named_by(name, UNITS)[0] == code


PDF = b"%PDF-1.7\n%\xe2\xe3"


def scans(folder: Path) -> dict[str, str]:
    return {file.file: file.unit_code or next((item.position.unit_code for item in file.findings), "")
            for file in collect(folder, context=CONTEXT).files if file.status is AttemptStatus.REFUSED}  # fmt: skip


def test_a_scan_belongs_to_the_unit_its_name_or_its_zip_names_or_whose_form_came_with_it(folder: Path) -> None:
    name = units(folder)["003"].name
    put(folder, "002盖章.pdf", PDF)
    put(folder, f"{name}（盖章）.pdf", PDF + b"1")
    put(folder, f"{name}.zip", zipped({"扫描件.pdf": PDF + b"2"}))
    put(folder, "附件.zip", zipped({"a扫描件.pdf": PDF + b"3", "b表.xlsx": returned("004")}))
    put(folder, "x.zip", zipped({"扫描.pdf": PDF + b"4"}))
    assert scans(folder) == {
        "002盖章.pdf": "002", f"{name}（盖章）.pdf": "003", f"{name}.zip/扫描件.pdf": "003",
        "附件.zip/a扫描件.pdf": "004", "x.zip/扫描.pdf": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code", "asked"),
    [
        (b"Rar!\x1a\x07\x01\x00", Code.FILE_ARCHIVE, "zip"), (b"7z\xbc\xaf\x27\x1c", Code.FILE_ARCHIVE, "zip"),
        (b"\xff\xd8\xff\xe0", Code.FILE_PICTURE_OR_PDF, "xlsx"), (PDF, Code.FILE_PICTURE_OR_PDF, "xlsx"),
        (package_of("xl/workbook.bin"), Code.FILE_BINARY_XLSB, "xlsx"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_what_to_send_instead(folder: Path, data: bytes, code: Code, asked: str) -> None:
    put(folder, "002.dat", data)
    (file,) = collect(folder, context=CONTEXT).files
    (said,) = [item for item in file.findings if item.code == code]
    assert asked in message(said).lower()
    assert [path.read_bytes() for path in campaigns.archive(folder).rglob("*") if path.is_file()] == [data]


