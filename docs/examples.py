"""xltool/words/examples.toml: for each code what its case puts into the sentences, so that no braces need be read."""

from __future__ import annotations

import json
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

from docs.pages import FOLDER
from xltool.findings import Words, catalogue

EXAMPLES = FOLDER.parent / "xltool" / "words" / "examples.toml"
CASES = FOLDER.parent / "tests" / "cases" / "findings"
HEAD = "# What the places of each code's sentences hold in its case; made by `python -m docs`, not by hand.\n"


def page() -> str:
    found = dict(_examples())
    parts = [HEAD]
    for code, args in found.items():
        lines = (f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in args.items())
        parts.append("\n".join((f"[{code}]", *lines)) + "\n")
    return "\n".join(parts)


def _examples() -> Iterator[tuple[str, dict[str, str]]]:
    for code, entry in catalogue().items():
        pattern = _pattern(entry.words["zh"])
        for path in sorted(CASES.glob(f"{code}-*.toml")):
            match = pattern.fullmatch(_message(path))
            if match:
                yield code, match.groupdict()
                break


def _message(path: Path) -> str:
    """What the case expects, in Chinese."""
    return str(tomllib.loads(path.read_text(encoding="utf-8"))["expected"]["message"])


def _pattern(words: Words) -> re.Pattern[str]:
    """The sentences of a code, their places as groups."""
    seen: set[str] = set()
    pattern = ""
    for text, name, _, _ in string.Formatter().parse(words.message + words.remedy):
        pattern += re.escape(text)
        if name:
            pattern += f"(?P={name})" if name in seen else f"(?P<{name}>.*?)"
            seen.add(name)
    return re.compile(pattern, re.DOTALL)
