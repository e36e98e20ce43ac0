"""Returned workbooks with an opening password: opened with one that is known, asked for where none is."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msoffcrypto
import pytest
from click.testing import CliRunner

from tests.clients import libreoffice
from tests.clients.libreoffice import LibreOffice
from tests.packages import CONTENT_TYPES, parts, zipped
from tests.test_gate import ole
from xltool import campaign as campaigns
from xltool.campaign.passwords import lay_passwords
from xltool.cli import main
from xltool.collect.containers import open_returned
from xltool.data import example
from xltool.excel.gate import OLE
from xltool.excel.read import read_bytes
from xltool.findings import Code
from xltool.foreign import limited
from xltool.model.finding import Finding
from xltool.store.entries import AttemptStatus
from xltool.workflow.check import check
from xltool.workflow.collect import CollectResult, collect
from xltool.workflow.context import Context

PASSWORD = "打开 Me-2024"
CONTEXT = Context(now=lambda: datetime(2024, 1, 1, 12, tzinfo=UTC), jobs=1)


@cache
def plain() -> bytes:
    """A form as a unit returned it."""
    return next(iter(sorted(Path(str(example("minhang-2024"))).glob("inbox/002_*")))).read_bytes()


@cache
def agile(password: str = PASSWORD) -> bytes:
    """The same, encrypted as Excel and WPS do."""
    found = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(plain())).encrypt(password, found)
    return found.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "campaign"
    bundled = Path(str(example("minhang-2024")))
    shutil.copytree(bundled, place, ignore=shutil.ignore_patterns("*.py", "*.js", "*.md", "__pycache__", "inbox"))
    campaigns.inbox(place).mkdir()
    (campaigns.inbox(place) / "002 加密.xlsx").write_bytes(agile())
    return place


def write_passwords(folder: Path, *lines: str) -> None:
    path = folder / "passwords.txt"
    path.write_text("\n".join(["# 说明", *lines]), encoding="utf-8")
    path.chmod(0o600)


def codes(result: CollectResult) -> list[str]:
    return [item.code for file in result.files for item in file.findings if item.code.startswith("FILE")]


def statuses(result: CollectResult) -> list[AttemptStatus]:
    return [file.status for file in result.files]


def test_without_a_password_one_is_asked_for(folder: Path) -> None:
    result = collect(folder, context=CONTEXT)
    assert (codes(result), statuses(result)) == ([Code.FILE_ENCRYPTED], [AttemptStatus.REFUSED])


def test_a_wrong_password_has_a_finding_of_its_own(folder: Path) -> None:
    write_passwords(folder, "nein", "nicht")
    result = collect(folder, context=CONTEXT)
    assert (codes(result), statuses(result)) == ([Code.FILE_PASSWORD_WRONG], [AttemptStatus.REFUSED])
    assert dict(result.files[0].findings[0].args)["count"] == "2"


def test_with_the_password_it_is_read_like_any_form_and_kept_as_it_came(folder: Path) -> None:
    write_passwords(folder, "nein", PASSWORD)
    result = collect(folder, context=CONTEXT)
    (file,) = result.files
    assert codes(result) == [Code.FILE_DECRYPTED]
    assert (file.unit_code, file.sha256) == ("002", hashlib.sha256(agile()).hexdigest())
    kept = list(campaigns.archive(folder).rglob("*.xlsx"))
    assert [path.read_bytes() for path in kept] == [agile()]
    assert not [path for path in folder.rglob("*") if path.is_file() and path.read_bytes() == plain()]


def test_the_password_that_comes_later_opens_what_was_refused_before(folder: Path) -> None:
    assert statuses(collect(folder, context=CONTEXT)) == [AttemptStatus.REFUSED]
    assert codes(collect(folder, passwords=["nein"], context=CONTEXT)) == [Code.FILE_PASSWORD_WRONG]
    result = collect(folder, passwords=[PASSWORD], context=CONTEXT)
    assert [file.unit_code for file in result.files] == ["002"]
    assert AttemptStatus.REFUSED not in statuses(result)
    assert [file.new for file in collect(folder, passwords=["nein"], context=CONTEXT).files] == [False]


def test_no_password_reaches_the_ledger_or_any_other_file(folder: Path) -> None:
    collect(folder, passwords=[PASSWORD], context=CONTEXT)
    assert not [path for path in folder.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]


@pytest.mark.skipif(os.name != "posix", reason="only Unix says who may read a file")
def test_a_file_of_passwords_that_others_may_read_is_a_warning(folder: Path) -> None:
    write_passwords(folder, PASSWORD)
    assert Code.DEF_PASSWORDS_OPEN not in [item.code for item in collect(folder, context=CONTEXT).findings]
    (folder / "passwords.txt").chmod(0o644)
    assert Code.DEF_PASSWORDS_OPEN in [item.code for item in collect(folder, context=CONTEXT).findings]


def test_a_new_campaign_has_an_empty_file_for_them(tmp_path: Path) -> None:
    lay_passwords(tmp_path)
    path = tmp_path / "passwords.txt"
    assert campaigns.load_passwords(tmp_path) == ((), ())
    assert os.name != "posix" or path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a\nb\na\n", ("a", "b")), ("\ufeff 密码 \r\n", ("密码",)), ("# 说明\n#1号\n#\n\n", ("#1号",)), ("", ()),
    ],
)  # fmt: skip
def test_passwords_stand_one_a_line(tmp_path: Path, written: str, expected: tuple[str, ...]) -> None:
    (tmp_path / "p.txt").write_text(written, encoding="utf-8", newline="")
    assert campaigns.read_passwords(tmp_path / "p.txt") == (expected, ())


def test_checking_takes_passwords_from_a_file_or_asks_unseen(tmp_path: Path) -> None:
    form, secret = tmp_path / "表.xlsx", tmp_path / "p.txt"
    form.write_bytes(agile())
    secret.write_text(PASSWORD, encoding="utf-8")
    runner = CliRunner()
    refused = runner.invoke(main, ["check", str(form)])
    assert (refused.exit_code, "FILE03" in refused.output) == (3, True)
    for arguments, typed in ((["--password-file", str(secret)], None), (["--ask-password"], f"{PASSWORD}\n")):
        done = runner.invoke(main, ["check", str(form), *arguments], input=typed)
        assert "FILE03" not in done.output
        assert PASSWORD not in done.output
        assert done.exit_code in (0, 1)


def test_a_workbook_protected_against_changes_alone_is_opened_unasked() -> None:
    workbook, findings = open_returned(agile("VelvetSweatshop"))
    assert workbook == read_bytes(plain())[0]
    assert [item.code for item in findings] == [Code.FILE_DECRYPTED]


def _office(tmp_path: Path, kind: str) -> bytes:
    with LibreOffice() as office:
        (tmp_path / "plain.xlsx").write_bytes(plain())
        with office.open(tmp_path / "plain.xlsx") as book:
            return book.save(tmp_path / f"locked.{kind}", kind, PASSWORD).read_bytes()


@pytest.mark.skipif(libreoffice.missing() is not None, reason=str(libreoffice.missing()))
@pytest.mark.xdist_group("office")
@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_what_libreoffice_encrypts_is_opened(tmp_path: Path, kind: str) -> None:
    data = _office(tmp_path, kind)
    assert data.startswith(OLE)
    workbook, _ = open_returned(data, passwords=[PASSWORD])
    expected, _ = read_bytes(plain())
    assert workbook is not None
    assert expected is not None
    texts = [{cell.text for sheet_ in found.sheets for cell in sheet_.cells.values() if cell.formula is None}
             for found in (workbook, expected)]  # fmt: skip
    assert len(texts[0] & texts[1]) > 0.9 * len(texts[1])
    assert [item.code for item in open_returned(data, passwords=["nein"])[1]] == [Code.FILE_PASSWORD_WRONG]
    assert [item.code for item in open_returned(data)[1]] == [Code.FILE_ENCRYPTED]


CORPUS = "password", "Password1", "test", "foobaa", "abc", "pass", "123456", "secret", "passwd"


def test_what_real_programs_encrypted_is_opened_or_refused_with_a_finding(shared: Path) -> None:
    refused = {Code.FILE_ENCRYPTED, Code.FILE_PASSWORD_WRONG, Code.FILE_DAMAGED}
    seen = 0
    for path in sorted((shared / "corpus" / "notzip").glob("*.xlsx")):
        data = path.read_bytes()
        if data.startswith(OLE):
            workbook, findings = open_returned(data, path.name, CORPUS)
            seen += 1
            assert workbook is not None or {item.code for item in findings} <= refused
    assert seen >= 9


def spun(count: int) -> bytes:
    """An agile file that asks for its password to be hashed so often."""
    old, new = b'spinCount="100000"', f'spinCount="{count}"'.encode()
    assert old in agile()
    return agile().replace(old, new.ljust(len(old)) if len(new) < len(old) else new)


@pytest.mark.parametrize(
    "data",
    [
        ole("EncryptionInfo", "EncryptedPackage"), agile()[:3000], agile()[: len(agile()) // 2],
        agile()[:512] + b"\xff" * (len(agile()) - 512), agile().replace(b"<keyData", b"<keyDate"),
        agile().replace(b'spinCount="100000"', b'spinCount="999999"'), OLE * 500, spun(-1),
    ],
    ids=["no streams", "cut short", "half", "all sectors gone", "no key", "spun longer", "magic only", "spun back"],
)  # fmt: skip
def test_a_hostile_container_is_refused_with_a_finding(data: bytes) -> None:
    answer = limited.decrypt(data, [PASSWORD], "表.xlsx")
    assert isinstance(answer, Finding)
    assert answer.code in {Code.FILE_DAMAGED, Code.FILE_PASSWORD_WRONG, Code.FILE_TOO_LARGE}


def test_what_is_decrypted_is_held_to_the_same_limits() -> None:
    """A bomb in an envelope is a bomb."""
    large = b"<worksheet>" + b" " * 60_000_000
    bomb = zipped(parts(large, {"[Content_Types].xml": CONTENT_TYPES}))
    found = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(bomb)).encrypt(PASSWORD, found)
    workbook, findings = open_returned(found.getvalue(), passwords=[PASSWORD])
    assert workbook is None
    assert Code.FILE_TOO_LARGE in [item.code for item in findings]


def test_checking_opens_a_zip_as_collecting_does(tmp_path: Path) -> None:
    (tmp_path / "表.zip").write_bytes(zipped({"甲/表.xlsx": plain(), "乙.xlsx": agile()}))
    result = check([tmp_path / "表.zip"], passwords=[PASSWORD], context=CONTEXT)
    assert [file.file for file in result.files] == ["表.zip/乙.xlsx", "表.zip/甲/表.xlsx"]
    assert {file.submission.identity.unit_code for file in result.files if file.submission} == {"002"}
