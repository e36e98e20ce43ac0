"""What is fuzzed: each target takes bytes and may answer with nothing but findings that can be said in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from tests import tiny
from tests.fuzz import seeds
from tests.issued import FORM_IDS, KEY, form_of
from xltool.collect import parcels
from xltool.collect.examine import Reading, examine
from xltool.collect.extract import extract
from xltool.collect.intake import received
from xltool.excel.gate import Package, open_package
from xltool.excel.read import read_bytes
from xltool.findings import Code, finding, message
from xltool.foreign import limited, ods, xls
from xltool.foreign.grid import EncryptedError, TooLargeError
from xltool.foreign.wire import dump, load
from xltool.model.campaign import Campaign, ReportingUnit
from xltool.model.finding import Finding, Position
from xltool.model.form import Role
from xltool.model.workbook import RawWorkbook

READING = Reading((*(form_of(form_id) for form_id in FORM_IDS), tiny.FORM))
UNITS = (ReportingUnit("001", "示例单位", Role.UNIT), ReportingUnit("002", "示例馆", Role.UNIT))
CAMPAIGN = Campaign(
    "test-2024", tiny.FORM.id, tiny.FORM.year, "示例局", date(2024, 3, 31), "计划财务科", "000-0000", UNITS
)
OF_CAMPAIGN = replace(READING, campaign=CAMPAIGN, key=KEY)
_MEMORY = 200 << 20


@dataclass(frozen=True, slots=True)
class Target:
    """`run` is given a file; `begin` gives those to start from. `packages`: the file is mutated part by part."""

    run: Callable[[bytes], None]
    begin: Callable[[], Iterator[bytes]]
    packages: bool = True
    bounded: bool = True  # in memory: the libraries of foreign formats are held by their child process instead


def gate(data: bytes) -> None:
    """Any bytes: a package, or the one finding that says what they are."""
    opened = open_package(data)
    if not isinstance(opened, Package):
        _say((opened,))


def read(data: bytes) -> None:
    """A package with damaged parts: a workbook, or one finding."""
    workbook, findings = read_bytes(data)
    assert workbook is not None or len(findings) == 1
    assert all(item.code.startswith("FILE") for item in findings)
    _say(findings)
    if workbook is not None:
        assert all(place == (cell.row, cell.col) for page in workbook.sheets for place, cell in page.cells.items())


def interpret(data: bytes) -> None:
    """The whole way from bytes to findings: recognised, located, interpreted, accounted for and checked."""
    examination = examine(data, READING, "x.xlsx")
    assert examination.submission is not None or examination.findings
    _say(examination.findings)


def collect(data: bytes) -> None:
    """The same of a campaign's returns, whose tokens are proven and whose units stand in a roster."""
    examination = examine(data, OF_CAMPAIGN, "001_示例单位.xlsx")
    assert examination.submission is not None or examination.findings
    _say(examination.findings)


def parcel(data: bytes) -> None:
    """A zip or a mail: the files in it, and findings for what is left out."""
    files = list(parcels.unpack(received("x.zip", data)))
    assert files
    _say(item for item in files if isinstance(item, Finding))


def labels(data: bytes) -> None:
    """A form that is not ours, read by its labels alone."""
    for form in (READING.forms[-1], READING.forms[1]):
        _, findings = extract(data, "x.xlsx", form)
        _say(findings)


def _say(findings: Iterable[Finding]) -> None:
    for item in findings:
        for language in ("zh", "en"):
            assert message(item, language)


def in_process(kind: str, data: bytes, name: str = "") -> tuple[RawWorkbook | None, tuple[Finding, ...]]:
    """As `foreign.limited.read`, in this process: a child per execution would leave time for nothing else."""
    reader = {"ods": ods.read, "xls": xls.read}.get(kind)
    code = Code.FILE_DAMAGED
    if reader is not None:
        try:
            return load(dump(reader(data))), ()
        except EncryptedError:
            code = Code.FILE_ENCRYPTED
        except (TooLargeError, MemoryError):
            return None, (finding(Code.FILE_TOO_LARGE, Position(file=name), limit=f"{_MEMORY >> 20} MiB"),)
        except Exception:  # noqa: BLE001  # what the child process calls damaged
            code = Code.FILE_DAMAGED
    return None, (finding(code, Position(file=name), part=kind),)


def _all() -> Iterator[bytes]:
    yield from seeds.forms()
    yield from seeds.packages()


TARGETS = {
    "gate": Target(gate, _all, packages=False),
    "read": Target(read, _all),
    "interpret": Target(interpret, seeds.forms),
    "collect": Target(collect, seeds.forms),
    "parcel": Target(parcel, seeds.parcels, packages=False),
    "labels": Target(labels, seeds.forms),
    "ods": Target(interpret, seeds.opendocument, bounded=False),
    "xls": Target(interpret, seeds.binary, packages=False, bounded=False),
}


def keep_in_process() -> None:
    """Read foreign files in this process from now on."""
    limited.read = in_process
