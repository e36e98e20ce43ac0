"""One returned file from bytes to findings, through every room, and the same from a worker process."""

from __future__ import annotations

import pickle
import subprocess
import sys
from decimal import Decimal

import pytest

from tests.tiny import FILLED, FORM, codes, values_of
from xltool.collect.examine import Examination, Reading, examine
from xltool.excel.identity import sign
from xltool.excel.write import write
from xltool.findings import Code
from xltool.layout.grid import Content, Filling
from xltool.layout.workbook import Stamp, common_sheets, unit_workbook
from xltool.model.campaign import Campaign, ReportingUnit
from xltool.model.form import Role
from xltool.model.submission import Identity

KEY = b"k" * 32
GUIDE = {"deadline": "2024-03-01", "contact": "甲", "telephone": "000"}
CAMPAIGN = Campaign("round", "tiny", 2024, "某局", None, "", "", (ReportingUnit("001", "示例站", Role.UNIT),))
READING = Reading((FORM,), CAMPAIGN, KEY, guide=GUIDE)


def _issued(
    changes: dict[str, Content] | None = None, counts: dict[str, int] | None = None, identity: Identity | None = None,
    key: bytes = KEY,
) -> bytes:  # fmt: skip
    token = sign(identity or Identity("tiny", "1", "round", "001", 1), key)
    filling = Filling({**FILLED, **(changes or {})}, counts or {})
    _, plan = unit_workbook(FORM, Role.UNIT, filling, Stamp(token), common_sheets(FORM, Role.UNIT, GUIDE))
    return write(plan)


def _examined(data: bytes, reading: Reading = READING) -> Examination:
    return examine(data, reading, "a.xlsx", "0" * 64)


def test_a_form_written_by_us_reads_back_without_a_finding() -> None:
    result = _examined(_issued())
    assert result.findings == ()
    assert result.submission is not None
    assert result.submission.identity == Identity("tiny", "1", "round", "001", 1)
    assert values_of(result.submission)["budget.total"] == Decimal("300.50")
    assert len(result.submission.indicators) == 3


def test_every_finding_says_file_and_unit() -> None:
    result = _examined(_issued({"persons": Decimal(-1)}))
    assert result.has_errors
    assert [(item.code, item.position.file, item.position.unit_code) for item in result.findings] == [
        (Code.VAL_BELOW_MINIMUM, "a.xlsx", "001")
    ]
    assert result.submission is not None
    assert result.submission.findings == result.findings


def test_a_form_issued_with_more_rows_is_read_whole() -> None:
    row = "output.quality#07"
    more: dict[str, Content] = {f"{row}.name": "达标率", f"{row}.current.operator": "≥", f"{row}.current.value": "90",
                                f"{row}.current.measure": "%"}  # fmt: skip
    result = _examined(_issued(more, {"output.quality": 8}))
    assert result.findings == ()
    assert result.submission is not None
    assert result.submission.indicators[-1].key == row


def test_without_a_campaign_the_token_is_taken_as_said() -> None:
    result = _examined(_issued(key=b"x" * 32), Reading((FORM,)))
    assert result.submission is not None
    assert result.submission.identity.unit_code == "001"


@pytest.mark.parametrize(
    ("identity", "key", "code"),
    [
        (Identity("tiny", "1", "round", "001", 1), b"x" * 32, Code.IDN_FORGED),
        (Identity("tiny", "1", "last", "001", 1), KEY, Code.IDN_OTHER_CAMPAIGN),
        (Identity("other", "1", "round", "001", 1), KEY, Code.IDN_OTHER_FORM),
        (Identity("tiny", "1", "round", "009", 1), KEY, Code.IDN_UNKNOWN_UNIT),
        (Identity("tiny", "0", "round", "001", 1), KEY, Code.IDN_OTHER_VERSION),
    ],
)
def test_a_form_that_is_not_this_units_of_this_campaign_is_named(identity: Identity, key: bytes, code: Code) -> None:
    assert codes(_examined(_issued(identity=identity, key=key)).findings) == [code]


def test_what_is_no_workbook_is_a_finding() -> None:
    result = _examined(b"%PDF-1.7 scan")
    assert result.submission is None
    assert codes(result.findings) == [Code.FILE_PICTURE_OR_PDF]


def test_what_goes_to_a_worker_and_comes_back_can_be_sent() -> None:
    result = _examined(_issued())
    assert pickle.loads(pickle.dumps(result)) == result
    reading = pickle.loads(pickle.dumps(READING))
    assert _examined(_issued(), reading).findings == ()


def test_reading_a_file_imports_nothing_heavy() -> None:
    code = (
        "import sys, xltool.collect.examine, xltool.collect.intake;"
        "print(sorted({'pandas','openpyxl','xlsxwriter','numpy','click','rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == "[]"
