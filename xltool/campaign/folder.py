"""The campaign folder: where everything lies, how a new one is laid out, and how an existing one is read."""

from __future__ import annotations

import json
import secrets
import string
from importlib import resources
from pathlib import Path

from xltool import words
from xltool.campaign import roster, rules, settings
from xltool.campaign.allocation import load_allocation
from xltool.campaign.approved import approved
from xltool.campaign.passwords import lay_passwords, write_secret
from xltool.campaign.previous import load_previous
from xltool.campaign.roster import load_units
from xltool.campaign.rules import load_rules
from xltool.campaign.settings import load_settings
from xltool.findings import Code, finding
from xltool.model.campaign import Campaign
from xltool.model.finding import Finding, Position, Severity

KEY_NAME = "campaign.key"
_KEY_BYTES = 32
_LEAST_KEY_BYTES = 16
_TEMPLATE = "campaign-new.txt"


def outbox(folder: Path) -> Path:
    """The workbooks issued."""
    return folder / "outbox"


def inbox(folder: Path) -> Path:
    """Where returned files are put to be collected."""
    return folder / "inbox"


def archive(folder: Path) -> Path:
    """Every file that came, as it came, under its hash."""
    return folder / "archive"


def returns(folder: Path) -> Path:
    """Marked forms on their way back to their units."""
    return folder / "returns"


def result(folder: Path, node: str = "") -> Path:
    """The 汇总表 and the dataset; of a unit with others below it, a folder of its own in there."""
    return folder / "result" / node if node else folder / "result"


def ledger(folder: Path) -> Path:
    """The SQLite file of who sent what."""
    return folder / "ledger.sqlite"


def load(folder: Path) -> tuple[Campaign | None, tuple[Finding, ...]]:
    """The campaign of a folder with all that is wrong in its files; None exactly when one of them is an error."""
    said = load_settings(folder)
    if any(item.code == Code.DEF_CAMPAIGN_MISSING for item in said.findings):
        return None, tuple(said.findings)
    units, unit_faults = load_units(folder)
    own_lines, own_faults = said.rule_lines(units)
    lines, rule_faults = load_rules(folder, units)
    allocation, allocation_faults = load_allocation(folder, units)
    figures, figure_faults = approved(units)
    previous, previous_faults = load_previous(folder)
    tables = (*unit_faults, *rule_faults, *allocation_faults, *previous_faults)
    findings = (*said.findings, *own_faults, *tables, *figure_faults, *_key_faults(folder))
    if any(item.severity is Severity.ERROR for item in findings):
        return None, findings
    values = dict(said.values)
    campaign = Campaign(
        id=values.pop("id"), form_id=values.pop("form"), deadline=values.pop("deadline", None),
        contact=values.pop("contact", ""), telephone=values.pop("telephone", ""),
        units=units, rules=(*own_lines, *lines), allocation=allocation, previous=previous, review=said.review,
        approved=figures, **values)
    return campaign, findings


def create(folder: Path, campaign: Campaign, units: Path | None = None) -> tuple[Finding, ...]:
    """Lay out a new folder for what `campaign` says; its units and rules are written by the user afterwards.

    `units` is a roster (CSV or xlsx) to copy in as it is; without one an empty roster is prepared. A folder that
    already has a campaign is left alone with DEF_CAMPAIGN_EXISTS. The settings are written last, so a run that
    was cut short can be repeated.
    """
    if (folder / settings.NAME).exists():
        return (finding(Code.DEF_CAMPAIGN_EXISTS, Position(file=settings.NAME), folder=folder.name),)
    if units is not None and not units.is_file():
        return (finding(Code.DEF_ROSTER_MISSING, Position(file=units.name)),)
    for place in (outbox(folder), inbox(folder)):
        place.mkdir(parents=True, exist_ok=True)
    if units is not None:
        workbook = units.read_bytes().startswith(b"PK")
        (folder / roster.NAMES[workbook]).write_bytes(units.read_bytes())
    elif not any((folder / name).exists() for name in roster.NAMES):
        _write_heading(folder / roster.NAMES[0], "units")
    if not any((folder / name).exists() for name in rules.NAMES):
        _write_heading(folder / rules.NAMES[0], "rules")
    if not (folder / KEY_NAME).exists():
        write_secret(folder / KEY_NAME, f"{secrets.token_hex(_KEY_BYTES)}\n")
    lay_passwords(folder)
    (folder / settings.NAME).write_text(_settings_text(campaign), encoding="utf-8")
    return ()


def key(folder: Path) -> bytes:
    """The secret of the campaign's tokens. `load` has a finding for a missing or damaged one; here it raises."""
    lines = (folder / KEY_NAME).read_text(encoding="utf-8-sig").splitlines()
    secret = bytes.fromhex("".join(line for line in lines if not line.startswith("#")))
    if len(secret) < _LEAST_KEY_BYTES:
        raise ValueError(f"{KEY_NAME} holds too short a key")
    return secret


def _key_faults(folder: Path) -> tuple[Finding, ...]:
    try:
        key(folder)
    except (OSError, ValueError):
        return (finding(Code.DEF_CAMPAIGN_KEY, Position(file=KEY_NAME)),)
    return ()


def _write_heading(path: Path, table: str) -> None:
    """A table with its heading only, in the words people read; with the mark that Excel needs to see UTF-8."""
    names = [aliases[0] for aliases in words.table("campaign")[table].values()]
    path.write_text(",".join(names) + "\n", encoding="utf-8-sig")


def _settings_text(campaign: Campaign) -> str:
    template = (resources.files("xltool") / "words" / _TEMPLATE).read_text(encoding="utf-8")
    deadline = f"deadline = {campaign.deadline}" if campaign.deadline else '# deadline = "2024-03-15"'
    return string.Template(template).substitute(
        id=_quoted(campaign.id), form=_quoted(campaign.form_id), year=campaign.year,
        department=_quoted(campaign.department), deadline=deadline, contact=_quoted(campaign.contact),
        telephone=_quoted(campaign.telephone), accept=_quoted(campaign.accept),
        sign_block=json.dumps(campaign.sign_block), own_counts=json.dumps(campaign.own_counts),
        password=_quoted(campaign.password))


def _quoted(text: str) -> str:
    """A TOML string: JSON's escapes are all TOML's, which also wants DEL escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
