"""Zips and mails are opened in memory, under limits; each form inside is taken as if it lay there by itself."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clients.libreoffice import LibreOffice
from tests.finding_cases.campaigns import CONTEXT, EXAMPLE
from tests.finding_cases.parcels import MAIL, nested
from tests.packages import zipped
from tests.test_workflow_collect import content, dataset, lay
from xltool import campaign as campaigns
from xltool.collect.examine import examine
from xltool.collect.intake import Received, received
from xltool.collect.parcels import ParcelLimits, is_parcel, unpack
from xltool.findings import Code
from xltool.model.finding import Finding
from xltool.workflow.collect import collect
from xltool.workflow.opening import Opened, open_campaign, reading_of


def forms() -> dict[str, bytes]:
    """The example's eleven returned forms by their names."""
    return {path.name: path.read_bytes() for path in sorted((EXAMPLE / "inbox").glob("*.xlsx"))}


def packed(members: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inner in members.items():
            archive.writestr(zipfile.ZipInfo(name), inner, zipfile.ZIP_DEFLATED)
    return data.getvalue()


def mailed(attached: dict[str, bytes], forwarded: EmailMessage | None = None) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.invalid", "b@example.invalid", "申报表"
    mail["Date"] = "Mon, 1 Jan 2024 00:00:00 +0000"
    mail.set_content("请查收。")
    for name, data in attached.items():
        mail.add_attachment(data, "application", "octet-stream", filename=name)
    if forwarded is not None:
        mail.add_attachment(forwarded)
    return mail


def opened(
    name: str, data: bytes, limits: ParcelLimits | None = None
) -> tuple[dict[str, bytes], list[tuple[str, str]]]:
    """What was taken by name, and the findings as code and file."""
    items = list(unpack(received(name, data), limits=limits or ParcelLimits()))
    taken = {item.name: item.data for item in items if isinstance(item, Received)}
    return taken, [(item.code, item.position.file) for item in items if isinstance(item, Finding)]


def gbk_zip(name: str, data: bytes) -> bytes:
    """As a Chinese Windows packs: the name in GBK, and no flag that says so."""
    stand_in = "x" * len(name.encode("gbk"))
    return packed({stand_in: data}).replace(stand_in.encode(), name.encode("gbk"))


@pytest.mark.parametrize("pack", [lambda name, data: packed({name: data}), gbk_zip], ids=["UTF-8", "GBK"])
def test_a_member_has_the_name_its_packer_gave_it(pack: object) -> None:
    assert callable(pack)
    assert opened("外.zip", pack("甲站/申报表.xlsx", b"form")) == ({"外.zip/甲站/申报表.xlsx": b"form"}, [])


def test_a_name_with_a_backslash_byte_in_gbk_is_kept_whole() -> None:
    name = "乗表.xlsx"  # the second byte of 乗 in GBK is 0x5C
    assert b"\\" in name.encode("gbk")
    assert opened("外.zip", gbk_zip(name, b"form"))[0] == {f"外.zip/{name}": b"form"}


def test_members_come_in_the_order_of_their_names_whatever_the_order_in_the_zip() -> None:
    names = ["b.xlsx", "a.xlsx", "C.xlsx"]
    assert [*opened("z.zip", packed(dict.fromkeys(names, b"x")))[0]] == ["z.zip/a.xlsx", "z.zip/b.xlsx", "z.zip/C.xlsx"]


def test_lock_files_and_thumbnails_inside_are_left_out_with_a_note() -> None:
    names = ["~$a.xlsx", "Thumbs.db", "__MACOSX/._a.xlsx", "a.xlsx"]
    taken, findings = opened("z.zip", packed(dict.fromkeys(names, b"x")))
    assert [*taken] == ["z.zip/a.xlsx"]
    assert [code for code, _ in findings] == [Code.COL_IGNORED_FILE] * 3


def test_a_zip_in_a_zip_is_opened_and_too_deep_a_one_is_named() -> None:
    assert [*opened("z.zip", nested(packed({"a.xlsx": b"x"}), 2))[0]] == ["z.zip/inner.zip/inner.zip/a.xlsx"]
    taken, findings = opened("z.zip", nested(packed({"a.xlsx": b"x"}), 3))
    assert taken == {}
    assert findings == [(Code.FILE_PARCEL_TOO_LARGE, "z.zip/inner.zip/inner.zip/inner.zip")]


@pytest.mark.parametrize(
    "data",
    [
        *list(forms().values())[:2], b"", b"PK\x03\x04 and no more", b"\x00\x01", b"a,b\n1,2\n",
        zipped({"mimetype": "x"}), b"Date: x\nno header\n",
    ],
)  # fmt: skip
def test_a_workbook_a_document_and_a_damaged_zip_are_no_parcels(data: bytes) -> None:
    assert not is_parcel(data)


def test_what_lies_beyond_the_limits_is_named_and_what_was_taken_stays() -> None:
    three = packed({f"{number}.xlsx": b"x" * 10 for number in range(3)})
    for limits in (ParcelLimits(members=2), ParcelLimits(total_bytes=29)):
        taken, findings = opened("z.zip", three, limits)
        assert len(taken) == 2
        assert findings == [(Code.FILE_PARCEL_TOO_LARGE, "z.zip")]


def test_limits_count_over_all_that_is_nested() -> None:
    inner = packed({"a.xlsx": b"x" * 10, "b.xlsx": b"y" * 10})
    taken, findings = opened("z.zip", packed({"1.zip": inner, "2.zip": inner}), ParcelLimits(members=5))
    assert len(taken) == 3
    assert findings == [(Code.FILE_PARCEL_TOO_LARGE, "z.zip")]


def test_a_bad_member_is_named_and_the_others_are_taken() -> None:
    bomb = b"\x00" * (4 << 20)
    data = packed({"a.xlsx": b"x", "b.xlsx": bomb, "../c.xlsx": b"x", "d.xlsx": b"y" * 100})
    broken = bytearray(data)
    broken[data.index(b"d.xlsx") + len("d.xlsx")] ^= 0xFF  # where its packed bytes begin
    taken, findings = opened("z.zip", bytes(broken))
    assert [*taken] == ["z.zip/a.xlsx"]
    assert sorted(findings) == sorted(
        [
            (Code.FILE_TOO_LARGE, "z.zip/b.xlsx"),
            (Code.FILE_UNSAFE_NAME, "z.zip/../c.xlsx"),
            (Code.FILE_DAMAGED, "z.zip/d.xlsx"),
        ]
    )


def test_a_member_with_a_password_is_named() -> None:
    data = bytearray(packed({"a.xlsx": b"x"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.index(mark) + offset
        data[place : place + 2] = struct.pack("<H", 1)
    assert opened("z.zip", bytes(data)) == ({}, [(Code.FILE_ENCRYPTED, "z.zip/a.xlsx")])


def test_attachments_of_a_mail_and_of_forwarded_mails_are_taken_and_its_text_is_not() -> None:
    inner = mailed({"乙站.xlsx": b"two", "~$乙站.xlsx": b"lock"})
    mail = mailed({"甲站.xlsx": b"one", "丙.zip": packed({"c.xlsx": b"three"})}, inner)
    taken, findings = opened("信.eml", mail.as_bytes())
    assert taken == {
        "信.eml/甲站.xlsx": b"one",
        "信.eml/丙.zip/c.xlsx": b"three",
        "信.eml/申报表.eml/乙站.xlsx": b"two",
    }
    assert [code for code, _ in findings] == [Code.FILE_MAIL_TEXT, Code.FILE_MAIL_TEXT, Code.COL_IGNORED_FILE]


def test_a_picture_in_a_mails_signature_is_part_of_its_text() -> None:
    mail = mailed({})
    mail.add_related(b"\x89PNG", "image", "png", cid="<logo>", filename="logo.png", disposition="inline")
    mail.add_attachment(b"x", "application", "octet-stream", filename="a.xlsx")
    assert [*opened("m.eml", mail.as_bytes())[0]] == ["m.eml/a.xlsx"]


def test_a_mail_without_attachments_says_that_there_is_no_form() -> None:
    assert [code for code, _ in opened("m.eml", MAIL.encode())[1]] == [Code.FILE_MAIL_TEXT, Code.FILE_PARCEL_EMPTY]


@given(st.data())
def test_no_spoilt_parcel_raises(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([packed({"a.xlsx": b"x" * 50, "b.zip": packed({"c": b"y"})}),
                                       mailed({"a.xlsx": b"x" * 50}, mailed({"b": b"y"})).as_bytes()]))  # fmt: skip
    spoilt = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 8))):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    if is_parcel(bytes(spoilt)):
        assert opened("p", bytes(spoilt)) != ({}, [])


def test_collecting_a_zip_or_a_mail_leaves_what_collecting_its_files_leaves(tmp_path: Path) -> None:
    plain = lay(tmp_path / "plain")
    collect(plain, context=CONTEXT)
    parcels = {"all.zip": packed(forms()), "all.eml": mailed(forms()).as_bytes()}
    for name, data in parcels.items():
        folder = lay(tmp_path / name)
        for path in campaigns.inbox(folder).iterdir():
            path.unlink()
        (campaigns.inbox(folder) / name).write_bytes(data)
        result = collect(folder, context=CONTEXT)
        assert sorted(file.file for file in result.files) == sorted(f"{name}/{form}" for form in forms())
        kept = {path.parent.name for path in campaigns.archive(folder).glob("[0-9a-f]*/*")}
        assert kept == {hashlib.sha256(item).hexdigest() for item in (data, *forms().values())}
        before = content(folder)
        assert not any(file.new for file in collect(folder, context=CONTEXT).files)
        assert content(folder) == before
        assert units(dataset(folder)) == units(dataset(plain))


def units(tables: dict[str, bytes]) -> bytes:
    return tables["consolidated_indicators.csv"]


@pytest.mark.parametrize("format", ["ods", "xls"])
def test_a_form_saved_in_another_format_is_read_whole_and_xlsx_is_asked_for(
    libreoffice: LibreOffice, tmp_path: Path, format: str
) -> None:
    campaign = open_campaign(EXAMPLE, CONTEXT)
    assert isinstance(campaign, Opened)
    path = next(iter(sorted((EXAMPLE / "inbox").glob("002_*"))))
    expected = examine(path.read_bytes(), reading_of(campaign), path.name).submission
    with libreoffice.open(path) as book:
        saved = book.save(tmp_path / f"表.{format}", format)
    found = examine(Path(saved).read_bytes(), reading_of(campaign), f"表.{format}")
    assert expected is not None
    assert found.submission is not None
    assert (found.submission.fields, found.submission.indicators, found.submission.identity) == (
        expected.fields, expected.indicators, expected.identity
    )  # fmt: skip
    assert found.submission.rows == expected.rows
    assert [item.code for item in found.findings if item.code == Code.FILE_OTHER_FORMAT] == [Code.FILE_OTHER_FORMAT]
    assert not found.has_errors
