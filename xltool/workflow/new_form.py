"""form new: a definition drafted from an official blank; apart from the other form verbs, because openpyxl is heavy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xltool import definition
from xltool.drafting import Confidence, Guess, draft, told
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.workflow.files import put

__all__ = ["Guess", "NewForm", "new_form", "told"]


@dataclass(frozen=True, slots=True)
class NewForm:
    """A drafted form. `files` were written; nothing is where the folder already holds a form."""

    files: tuple[Path, ...]
    guesses: tuple[Guess, ...]
    findings: tuple[Finding, ...]


def new_form(folder: Path, blank: Path) -> NewForm:
    """Draft a definition from an official blank into a new folder, which gives the form its id. Never overwrites."""
    document, table = folder / definition.DOCUMENT, folder / definition.LEAVES
    taken = next((path for path in (document, table) if path.exists()), None)
    if taken is not None:
        return NewForm((), (), (finding(Code.DEF_FORM_EXISTS, Position(file=taken.name), folder=folder.name),))
    made = draft(blank, folder.resolve().name)
    if not made.form_toml:
        return NewForm((), made.guesses, made.findings)
    folder.mkdir(parents=True, exist_ok=True)
    texts = ((document, made.form_toml), (table, made.indicators_csv))
    files = [put(path, text.encode())[0] for path, text in texts if text]
    return NewForm(
        tuple(files), tuple(sorted(made.guesses, key=_sureness)), (*made.findings, *definition.load(folder)[1])
    )


def _sureness(guess: Guess) -> int:
    """The unsure ones come first."""
    return (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH).index(guess.confidence)
