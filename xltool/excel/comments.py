"""Comments on a sheet's cells: the notes every program writes, and the threads of newer Excel beside them."""

from __future__ import annotations

from xltool.excel.package import Package, Relation
from xltool.excel.parts import ignore, target_of, unescape, walk
from xltool.excel.references import position
from xltool.model.workbook import RawComment


def read_comments(package: Package, related: dict[str, Relation], persons: dict[str, str]) -> tuple[RawComment, ...]:
    """The comments of a sheet by its relationships. A cell with a thread gives the thread's texts, one each."""
    notes = _notes(package, target_of(related, "comments"))
    threads = _threads(package, target_of(related, "threadedComment"), persons)
    threaded = {(comment.row, comment.col) for comment in threads}
    return tuple(note for note in notes if (note.row, note.col) not in threaded) + tuple(threads)


def _notes(package: Package, part: str) -> list[RawComment]:
    authors: list[str] = []
    found: list[RawComment] = []
    texts: list[str] = []
    comment: dict[str, str] = {}
    phonetic = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal comment, phonetic
        if name == "comment":
            comment = attributes
            texts.clear()
        elif name == "rPh":
            phonetic = True

    def end(name: str, text: str) -> None:
        nonlocal phonetic
        if name == "author":
            authors.append(unescape(text))
        elif name == "t" and not phonetic:
            texts.append(text)
        elif name == "rPh":
            phonetic = False
        elif name == "comment":
            index = comment.get("authorId", "")
            author = authors[int(index)] if index.isdecimal() and int(index) < len(authors) else ""
            found.append(RawComment(*position(comment.get("ref", "")), author, unescape("".join(texts))))

    if part in package.entries:
        walk(package, part, start, end)
    return found


def _threads(package: Package, part: str, persons: dict[str, str]) -> list[RawComment]:
    found: list[RawComment] = []
    comment: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal comment
        if name == "threadedComment":
            comment = attributes

    def end(name: str, text: str) -> None:
        if name == "text":
            author = persons.get(comment.get("personId", ""), "")
            found.append(RawComment(*position(comment.get("ref", "")), author, unescape(text)))

    if part in package.entries:
        walk(package, part, start, end)
    return found


def read_persons(package: Package, part: str) -> dict[str, str]:
    """The display names of those who wrote threads, by person id."""
    found: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "person":
            found[attributes.get("id", "")] = attributes.get("displayName", "")

    if part in package.entries:
        walk(package, part, start, ignore)
    return found
