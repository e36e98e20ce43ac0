"""Findings as values, and the sentences that are made of them as late as they are read."""

from __future__ import annotations

from xltool.findings.catalogue import catalogue
from xltool.findings.codes import Code
from xltool.findings.lists import excerpt
from xltool.model.finding import Finding, Position, Severity
from xltool.words import fill, table


def finding(code: Code, position: Position | None = None, severity: Severity | None = None, **args: object) -> Finding:
    """A finding with its catalogue severity unless one is given; args become text in the order written."""
    texts = tuple((name, str(value)) for name, value in args.items())
    return Finding(code.value, severity or catalogue()[code.value].severity, texts, position or Position())


def split_message(item: Finding, language: str = "zh") -> tuple[str, str]:
    """What is wrong, and what to do about it, each a sentence with the finding's args in place."""
    words = catalogue()[item.code].words[language]
    args = {name: excerpt(name, value, language) for name, value in item.args}
    remedy = fill(words.remedy, args)
    if "justification" in args:  # one that passes only with a written reason
        said = table("reasons")[language]["given" if args["justification"] else "missing"].format_map(args)
        remedy = f"{remedy}{'' if language == 'zh' else ' '}{said}"
    return fill(words.message, args), remedy


class _Example(dict[str, str]):
    """What a code's case puts into the places; one that is only said in the other language stays open."""

    def __missing__(self, place: str) -> str:
        return "…"


def example(code: str, language: str = "zh") -> tuple[str, str]:
    """A code's two sentences as its case brings them about: what is wrong, and what to do."""
    words = catalogue()[code].words[language]
    args = _Example(table("examples").get(code, {}))
    return fill(words.message, args), fill(words.remedy, args)


def message(item: Finding, language: str = "zh") -> str:
    """The sentences a person reads: what is wrong, where it stands in the args, what to do."""
    return ("" if language == "zh" else " ").join(split_message(item, language))
