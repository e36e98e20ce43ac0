"""The cases of `tests/cases/findings`: what is done, and the one finding it must bring, as data.

A case is `<CODE>-<slug>.toml`: `kind` names the runner, `[expected]` the cell (or file, row, column) and the message
in Chinese; `severity` where it is not the catalogue's; `beside` lists codes that cannot but come with it. Everything
else is the runner's. A case whose code is `NONE` must bring no error and no warning.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.finding_cases import (
    attempts,
    campaigns,
    definitions,
    exporting,
    files,
    foreign,
    forms,
    ledgers,
    reconciling,
    results,
    rounds,
)
from xltool.model.finding import Finding

FOLDER = Path(__file__).parents[1] / "cases" / "findings"
Runner = Callable[[dict[str, Any], Path], tuple[Finding, ...]]
RUNNERS: dict[str, Runner] = {
    "form": forms.run,  # a bundled form, filled in, with something typed or done to the workbook
    "file": files.run,  # bytes from a named builder
    "definition": definitions.run,  # a bundled definition with an edit
    "campaign": campaigns.run,  # a campaign folder with files written
    "inbox": campaigns.collected,  # files put into a campaign's inbox
    "attempts": attempts.run,  # all attempts of a campaign as records
    "round": rounds.run,  # the example's campaign, and what people do with the forms that came
    "ledger": ledgers.decided,  # what people decide about attempts
    "earlier version": ledgers.carried,  # a form of an earlier version
    "consolidate": results.run,  # accepted submissions as records
    "reconcile": reconciling.run,  # the same, and what another side states
    "export": exporting.run,  # a dataset into a database, a workbook into a PDF
    "new form": definitions.drafted,  # a definition from a blank
    "extract": foreign.run,  # a published or home-made form
}


@dataclass(frozen=True, slots=True)
class Case:
    """`code` is empty for a case that must bring nothing."""

    path: Path
    code: str
    data: dict[str, Any]

    def findings(self, folder: Path) -> tuple[Finding, ...]:
        return RUNNERS[self.data["kind"]](self.data, folder)


def cases() -> tuple[Case, ...]:
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        code = path.stem.partition("-")[0]
        data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        found.append(Case(path, "" if code == "NONE" else code, data))
    return tuple(found)
