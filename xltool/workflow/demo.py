"""demo: the whole journey on the bundled example, step by step, so that each step can be shown."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import as_file
from pathlib import Path

from xltool import campaign as campaigns
from xltool.data import example
from xltool.excel.identity import collect_tokens, read_without_key
from xltool.excel.read import read_bytes
from xltool.words import table
from xltool.workflow.collect import CollectResult, collect
from xltool.workflow.consolidate import ConsolidateResult, consolidate
from xltool.workflow.context import Context
from xltool.workflow.generate import GenerateResult, generate
from xltool.workflow.reconcile import ReconcileResult, reconcile
from xltool.workflow.report import ReportResult, report
from xltool.workflow.status import StatusResult, status

SETTINGS = ("campaign.toml", "campaign.key", "units.csv", "rules.csv")
CONTROLS = "controls.csv"

Step = GenerateResult | CollectResult | StatusResult | ConsolidateResult


@dataclass(frozen=True, slots=True)
class Laid:
    """The campaign folder, with the example's settings in it."""

    folder: Path


@dataclass(frozen=True, slots=True)
class Returned:
    """Files that came back from the units and were put into the inbox."""

    files: tuple[Path, ...]


def demo(folder: Path, *, context: Context) -> Iterator[Step | Laid | Returned]:
    """Each step's result as it is done: init, generate, first returns, collect, reissue, collect, status, consolidate.

    `folder` must be empty or absent; the caller checks that.
    """
    with as_file(example(table("files")["example"]["name"])) as bundled:
        campaigns.outbox(folder).mkdir(parents=True)
        campaigns.inbox(folder).mkdir()
        for name in SETTINGS:
            shutil.copyfile(bundled / name, folder / name)
        yield Laid(folder)
        yield generate(folder, context=context)
        files = sorted((bundled / "inbox").iterdir())
        again = {path: code for path in files if (code := _corrected(path))}
        yield _return(folder, [path for path in files if path not in again])
        yield collect(folder, context=context)
        yield generate(folder, tuple(again.values()), context=context)
        yield _return(folder, list(again))
        yield collect(folder, context=context)
    yield status(folder, context=context)
    yield consolidate(folder, context=context)


def afterwards(folder: Path, *, language: str, context: Context) -> Iterator[ReconcileResult | ReportResult]:
    """What is done with the result: reconciled with the budget's control totals, shown to the head of office."""
    with as_file(example(table("files")["example"]["name"])) as bundled:
        yield reconcile(folder, bundled / CONTROLS, context=context)
    yield report(folder, language=language, context=context)


def _corrected(path: Path) -> str:
    """The unit's code where this is a later issue than the first, by its token."""
    workbook, _ = read_bytes(path.read_bytes(), path.name)
    tokens = collect_tokens(workbook) if workbook else ()
    identity = read_without_key(tokens[0].token) if tokens else None
    return identity.unit_code if identity and identity.issue > 1 else ""


def _return(folder: Path, files: list[Path]) -> Returned:
    inbox = campaigns.inbox(folder)
    return Returned(tuple(Path(shutil.copyfile(path, inbox / path.name)) for path in files))
