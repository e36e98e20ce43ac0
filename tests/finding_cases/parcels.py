"""Cases on zips, mails, scans and forms saved in another format, each put into a campaign's inbox."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from unittest import mock

from tests.finding_cases.campaigns import CONTEXT, EXAMPLE, laid
from tests.packages import zipped
from xltool import campaign as campaigns
from xltool.collect import examine, intake, parcels
from xltool.excel.read import read_bytes
from xltool.foreign import limited
from xltool.model.finding import Finding
from xltool.workflow.collect import collect
from xltool.workflow.opening import Opened, open_campaign, reading_of

MAIL = "From: a@example.invalid\nTo: b@example.invalid\nSubject: form\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n\nhello\n"


def nested(data: bytes, times: int) -> bytes:
    """A zip in a zip in a zip."""
    for _ in range(times):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("inner.zip", data)
        data = packed.getvalue()
    return data


def _other_format(folder: Path) -> tuple[Finding, ...]:
    """A returned form as if LibreOffice had saved it as .ods: the reader of that format gives the same grid."""
    opened = open_campaign(EXAMPLE, CONTEXT)
    assert isinstance(opened, Opened)
    data = next(iter(sorted((EXAMPLE / "inbox").glob("002_*")))).read_bytes()
    grid = read_bytes(data)[0]
    with mock.patch.object(limited, "read", return_value=(grid, ())):
        document = zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"})
        return examine.examine(document, reading_of(opened), "表.ods").findings


def _unpacked(name: str, data: bytes) -> tuple[Finding, ...]:
    found = parcels.unpack(intake.received(name, data))
    return tuple(item for item in found if isinstance(item, Finding))


def _too_deep(_: Path) -> tuple[Finding, ...]:
    return _unpacked("表.zip", nested(zipped({"a.txt": "a"}), 3))


def _empty(_: Path) -> tuple[Finding, ...]:
    return _unpacked("表.zip", zipped({"empty/": ""}))


def _mail(_: Path) -> tuple[Finding, ...]:
    return _unpacked("邮件.eml", MAIL.encode())


def _scan(folder: Path) -> tuple[Finding, ...]:
    place = laid({}, folder)
    inbox = campaigns.inbox(place)
    inbox.mkdir(exist_ok=True)
    (inbox / "002盖章.pdf").write_bytes(b"%PDF-1.7\n%\xe2\xe3")
    (file,) = collect(place, context=CONTEXT).files
    return file.findings


SURROUNDINGS = {
    "other-format": _other_format,
    "too-deep": _too_deep,
    "empty-zip": _empty,
    "mail": _mail,
    "scan": _scan,
}
