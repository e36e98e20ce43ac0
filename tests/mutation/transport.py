"""What the way back does to a file: cut off, renamed, zipped, mailed, sent twice."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

from tests.mutation.verdict import Demand
from xltool.collect import parcels
from xltool.collect.examine import Examination, Reading, examine
from xltool.collect.intake import Received, received
from xltool.findings import Code
from xltool.model.finding import Finding

NAMES = ("001_申报表(1).xlsx", "最终版.xlsx", "申报表-最终2（改）.xlsx", "001.XLSX", "新建 Microsoft Excel 工作表.xlsx")
BROKEN = frozenset(
    {Code.FILE_DAMAGED, Code.FILE_UNKNOWN, Code.FILE_EMPTY, Code.FILE_NOT_WORKBOOK, Code.FILE_PARCEL_EMPTY}
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it arrives. `broken`: nothing of it can be read, and that has to be said."""

    name: str
    data: bytes
    broken: bool = False


Way = Callable[[random.Random, bytes], Sent]


def _truncate(rnd: random.Random, data: bytes) -> Sent:
    return Sent("001.xlsx", data[: rnd.choice((0, 10, len(data) // 3, len(data) - 30))], broken=True)


def _flip(rnd: random.Random, data: bytes) -> Sent:
    """The central directory spoiled: no program opens this any more."""
    return Sent("001.xlsx", data[:-60] + bytes(rnd.randrange(256) for _ in range(60)), broken=True)


def _rename(rnd: random.Random, data: bytes) -> Sent:
    return Sent(rnd.choice(NAMES), data)


def _other_ending(rnd: random.Random, data: bytes) -> Sent:
    return Sent(f"001{rnd.choice(('.xls', '.et', '', '.zip', '.xlsm'))}", data)


def _zip(rnd: random.Random, data: bytes) -> Sent:
    return Sent("报送.zip", _zipped({rnd.choice(NAMES): data}))


def _zip_in_zip(_rnd: random.Random, data: bytes) -> Sent:
    return Sent("报送.zip", _zipped({"里面.zip": _zipped({"001.xlsx": data})}))


def _twice(rnd: random.Random, data: bytes) -> Sent:
    return Sent("两份.zip", _zipped({"001.xlsx": data, rnd.choice(NAMES): data}))


def _mail(_rnd: random.Random, data: bytes) -> Sent:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "报送申报表", "unit@example.invalid", "office@example.invalid"
    mail.set_content("见附件。")
    mail.add_attachment(data, maintype="application", subtype="octet-stream", filename="申报表.xlsx")
    return Sent("报送.eml", mail.as_bytes())


def _zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 3, 1, 8, 0, 0)), data)
    return out.getvalue()


WAYS: dict[str, Way] = {
    "truncate the file": _truncate,
    "spoil the file": _flip,
    "rename the file": _rename,
    "another ending": _other_ending,
    "zip": _zip,
    "zip in a zip": _zip_in_zip,
    "send twice": _twice,
    "mail": _mail,
}


def demand(tag: int) -> Demand:
    return Demand(BROKEN, tag, (), whole=True)


def receive(sent: Sent, reading: Reading) -> Examination:
    """Taken in as collecting does: out of its parcel, and of the same bytes twice once."""
    parcel = received(sent.name, sent.data)
    if not parcels.is_parcel(sent.data):
        return examine(parcel.data, reading, parcel.name, parcel.sha256)
    files: dict[str, Received] = {}
    findings: list[Finding] = []
    for item in parcels.unpack(parcel):
        if isinstance(item, Received):
            files.setdefault(item.sha256, item)
        else:
            findings.append(item)
    if len(files) != 1:
        return Examination(sent.name, parcel.sha256, None, tuple(findings))
    only = next(iter(files.values()))
    done = examine(only.data, reading, only.name, only.sha256)
    return Examination(done.file, done.sha256, done.submission, (*done.findings, *findings))
