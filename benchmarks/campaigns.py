"""Campaigns of any size, with the forms that came back: the bundled example's, each signed anew for another unit."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

from xltool import campaign as campaigns
from xltool.data import example
from xltool.excel.identity import collect_tokens, read_without_key, sign
from xltool.excel.read import read_bytes
from xltool.model.submission import Identity

EXAMPLE = "minhang-2024"


@dataclass(frozen=True, slots=True)
class ReturnedForm:
    """A form as some office program saved it. `token` is the text that says whose it is, `unit` its name there."""

    name: str
    unit: str
    program: str
    data: bytes
    token: str
    identity: Identity


def lay_campaign(folder: Path, units: int) -> None:
    """A campaign folder with the example's settings and rules, and a roster of this many units."""
    bundled = example(EXAMPLE)
    campaigns.outbox(folder).mkdir(parents=True)
    campaigns.inbox(folder).mkdir()
    for name in ("campaign.toml", "campaign.key", "rules.csv"):
        (folder / name).write_bytes((bundled / name).read_bytes())
    rows = _roster()
    more = ({"code": f"{number:03d}", "name": f"示例单位{number:03d}", "role": "unit"}
            for number in range(len(rows) + 1, units + 1))  # fmt: skip
    with (folder / "units.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows([*rows, *more][:units])


def _roster() -> list[dict[str, str]]:
    text = (example(EXAMPLE) / "units.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def returned_forms() -> tuple[ReturnedForm, ...]:
    """The last form of each unit of the example, as saved by LibreOffice and other programs."""
    forms: dict[str, ReturnedForm] = {}
    names = {row["code"]: row["name"] for row in _roster()}
    for path in sorted(example(EXAMPLE).joinpath("inbox").iterdir(), key=lambda item: item.name):
        data = path.read_bytes()
        workbook, _ = read_bytes(data, path.name)
        assert workbook is not None
        token = collect_tokens(workbook)[0].token
        identity = read_without_key(token)
        assert identity is not None
        unit = names[identity.unit_code]
        forms[identity.unit_code] = ReturnedForm(path.name, unit, workbook.application, data, token, identity)
    return tuple(forms.values())


def fill_inbox(folder: Path) -> None:
    """One returned form for each unit of the roster."""
    campaign, _ = campaigns.load(folder)
    assert campaign is not None
    key, forms = campaigns.key(folder), returned_forms()
    own = next(form for form in forms if form.identity.role == "own")
    others = cycle(form for form in forms if form is not own)
    for unit in campaign.units:
        form = own if unit.role.value == "own" else next(others)
        identity = replace(form.identity, unit_code=unit.code, issue=1)
        data = _signed_anew(form, sign(identity, key), unit.name)
        (campaigns.inbox(folder) / f"{unit.code}.xlsx").write_bytes(data)


def _signed_anew(form: ReturnedForm, token: str, unit: str) -> bytes:
    """The same parts with another token and another unit's name; compressed as the example's files are."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts(form.data):
            archive.writestr(name, _told_anew(content, form, token, unit))
    return made.getvalue()


def _told_anew(content: bytes, form: ReturnedForm, token: str, unit: str) -> bytes:
    return content.replace(form.token.encode(), token.encode()).replace(form.unit.encode(), unit.encode())


def parts(data: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            yield name, archive.read(name)


def empty(folder: Path) -> None:
    """Forget what was collected and made of it, so that it can be collected again."""
    for place in (campaigns.archive(folder), campaigns.result(folder)):
        shutil.rmtree(place, ignore_errors=True)
    campaigns.ledger(folder).unlink(missing_ok=True)
