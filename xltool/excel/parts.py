"""Streaming a part through expat under the package's caps, and the parts that lead to all others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from xml.parsers import expat

from xltool.excel.package import Package, Refusal, Relation, part_key, resolve
from xltool.findings import Code

MAX_TOKEN = 1024 * 1024  # bytes of one tag or comment; expat 2.5 rescans an unfinished one with every piece
MAX_NAMES = 10_000  # different element and attribute names; expat keeps each
MAX_DEPTH = 100_000  # elements within each other; expat keeps each open one

Start = Callable[[str, dict[str, str]], object]
End = Callable[[str], object]
Text = Callable[[str], object]

_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_BLANKED = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile("[\ud800-\udfff]")


def unescape(text: str) -> str:
    """Undo the `_x000D_` escapes of ECMA-376 ST_Xstring; half a surrogate pair becomes U+FFFD."""
    if "_x" not in text:
        return text
    text = _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text)
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def truth(attributes: dict[str, str], name: str, default: str = "0") -> bool:
    """A boolean attribute: `1`, `true` or `on`."""
    return attributes.get(name, default) in ("1", "true", "on")


def prefix_of(root: str) -> str:
    """`x:` of a root `x:worksheet`: what the part's own elements are called, whatever its namespace."""
    prefix, colon, _ = root.rpartition(":")
    return prefix + colon


def local(name: str) -> str:
    return name.rpartition(":")[2]


def new_parser() -> expat.XMLParserType:
    """An expat parser that refuses any DOCTYPE, and with it all entities but the five of XML."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(name: str, *_: object) -> None:
    raise Refusal(Code.FILE_DOCTYPE, part=name)


def feed(
    package: Package,
    part: str,
    parser: expat.XMLParserType,
    count: Callable[[], int],
    pieces: Iterable[bytes] | None = None,
) -> None:
    """Run a part through a parser.

    `count` says how many things were collected so far; it is held to the cell cap. `pieces` is the part's content
    where the caller has already begun to inflate it.
    """
    fed = depth = 0
    try:
        for piece in _legible(pieces or package.chunks(part)):
            if fed:  # a part in one piece, as every form's, cannot be deep enough to hurt
                depth += _opened(piece)
            parser.Parse(piece, False)
            fed += len(piece)
            if fed - parser.CurrentByteIndex > MAX_TOKEN or len(parser.intern) > MAX_NAMES or depth > MAX_DEPTH:
                raise Refusal(Code.FILE_DAMAGED, part=package.entries[part].name)
            package.check_count(count())
            package.check_time()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Refusal(Code.FILE_DAMAGED, part=f"{package.entries[part].name}:{error.lineno}") from None
    except (ValueError, OverflowError, LookupError):
        # A number attribute that is none or endless, an encoding Python does not know, text not in its encoding.
        raise Refusal(Code.FILE_DAMAGED, part=package.entries[part].name) from None


def _legible(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same with a blank for each control character, which XML forbids and a few programs write nevertheless."""
    first = True
    wide = False
    for piece in pieces:
        if first:
            wide = piece.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in piece[:4]  # UTF-16
            piece, first = piece if wide else piece.lstrip(), False  # noqa: PLW2901
        yield piece if wide else piece.translate(_BLANKED)


def _opened(piece: bytes) -> int:
    """About how many more elements a piece opens than it closes: what stands in text and comments counts too."""
    return piece.count(b"<") - 2 * piece.count(b"</") - piece.count(b"/>")


class Enough(Exception):  # noqa: N818  (it is no error)
    """Raised by a handler of `walk` that needs nothing of the rest of the part."""


def ignore(*_: object) -> None:
    """A handler for events that do not matter."""


def walk(package: Package, part: str, start: Start, end: Callable[[str, str], object]) -> None:
    """Events of a small part: names without the root's own prefix, `end` with the text since the last tag."""
    parser = new_parser()
    pieces: list[str] = []
    prefix: list[str] = []
    seen = 0

    def on_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal seen
        seen += 1
        pieces.clear()
        if not prefix:
            prefix.append(prefix_of(name))
        start(name.removeprefix(prefix[0]), attributes)

    def on_end(name: str) -> None:
        end(name.removeprefix(prefix[0]), "".join(pieces))
        pieces.clear()

    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.CharacterDataHandler = pieces.append
    with suppress(Enough):
        feed(package, part, parser, lambda: seen)


def relations(package: Package, part: str) -> dict[str, Relation]:
    """The relationships of a part (`""` the package itself) by id; empty where there are none."""
    folder, slash, name = part.rpartition("/")
    found: dict[str, Relation] = {}
    rels = f"{folder}{slash}_rels/{name}.rels"
    if rels not in package.entries:
        return found

    def start(element: str, attributes: dict[str, str]) -> None:
        if element == "Relationship":
            external = attributes.get("TargetMode") == "External"
            target = attributes.get("Target", "")
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = target if external else _resolved(package, part, target)
            found[attributes.get("Id", "")] = Relation(kind, target, external)

    walk(package, rels, start, ignore)
    return found


def _resolved(package: Package, source: str, target: str) -> str:
    """The key of a target; some programs write the path from the root of the package and forget the slash."""
    part = resolve(source, target)
    from_root = part_key(target)
    return from_root if part not in package.entries and from_root in package.entries else part


def relation_id(attributes: dict[str, str]) -> str:
    """The `r:id` of an element, whatever the prefix."""
    return next((value for name, value in attributes.items() if name.endswith(":id")), "")


def target_of(related: Mapping[str, Relation], *types: str) -> str:
    """The first internal target of one of these types, or empty."""
    return next((item.target for item in related.values() if item.type in types and not item.external), "")


def content_types(package: Package) -> dict[str, str]:
    """The declared content type of each part that has one of its own, by key."""
    found: dict[str, str] = {}

    def start(element: str, attributes: dict[str, str]) -> None:
        if element == "Override":
            found[part_key(attributes.get("PartName", ""))] = attributes.get("ContentType", "")

    if "[content_types].xml" in package.entries:
        walk(package, "[content_types].xml", start, ignore)
    return found
