"""The parts of an Office package: found as Excel finds them, inflated under caps, never written to disk."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position

CHUNK = 256 * 1024
_LOCAL_HEADER = 30  # bytes of the fixed part of a local zip header


@dataclass(frozen=True, slots=True)
class Limits:
    """What one returned workbook may cost. A form of ours is about 100 KiB with 5,000 cells.

    Sizes are bytes; `ratio` is inflated to packed size and judged from `ratio_from` bytes on (a small part of
    repeated rows honestly packs 400 to 1); `cells` bounds every list of a part (cells, strings, merges …).
    """

    file_bytes: int = 20 * 1024 * 1024
    part_bytes: int = 32 * 1024 * 1024
    total_bytes: int = 64 * 1024 * 1024
    ratio: int = 100
    ratio_from: int = 2 * 1024 * 1024
    entries: int = 5_000
    rows: int = 1_048_576
    columns: int = 16_384
    cells: int = 400_000
    seconds: float = 30.0


DEFAULT = Limits()


class Refusal(Exception):  # noqa: N818  (no error: it carries a finding)
    """Stops a reading from inside a parser callback; the room's public functions return its finding.

    `part` and `limit` fill the places of the code's message.
    """

    def __init__(self, code: Code, part: str | None = None, limit: str | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.places = {name: text for name, text in (("part", part), ("limit", limit)) if text is not None}

    def finding(self, file: str) -> Finding:
        return finding(self.code, Position(file=file), None, **self.places)


@dataclass(frozen=True, slots=True)
class Entry:
    """One part in the zip: where its local header starts, and the sizes its directory entry declares."""

    name: str
    offset: int
    packed: int
    size: int
    method: int
    crc: int


@dataclass(frozen=True, slots=True)
class Relation:
    """`type` is the last word of the relationship's type URI, the same in transitional and strict files."""

    type: str
    target: str  # a part key, or the address as written when external
    external: bool


@dataclass(slots=True)
class Package:
    """A zip that passed the gate and holds a workbook.

    `entries` is keyed by `part_key` and `workbook` is such a key; `root` are the package's own relationships by id.
    """

    name: str
    data: bytes
    entries: dict[str, Entry]
    limits: Limits
    workbook: str = ""
    root: dict[str, Relation] = field(default_factory=dict)
    inflated: int = 0
    deadline: float = field(default=float("inf"))

    def begin(self) -> None:
        """Start the clock and the byte count of one reading."""
        self.inflated = 0
        self.deadline = time.monotonic() + self.limits.seconds

    def check_time(self) -> None:
        if time.monotonic() > self.deadline:
            raise Refusal(Code.FILE_TOO_LARGE, limit=f"{self.limits.seconds:g} s")

    def check_count(self, count: int) -> None:
        if count > self.limits.cells:
            raise Refusal(Code.FILE_TOO_LARGE, limit=f"{self.limits.cells:,}")

    def chunks(self, part: str) -> Iterator[bytes]:
        """The inflated bytes of a part, piece by piece; `Refusal` on damage, a bomb, or a missing part."""
        entry = self.entries.get(part)
        if entry is None:
            raise Refusal(Code.FILE_DAMAGED, part=part)
        size = crc = 0
        for piece in _inflate(entry, self._packed(entry)):
            size += len(piece)
            crc = zlib.crc32(piece, crc)
            self._charge(entry, size, len(piece))
            yield piece
        if crc != entry.crc:
            raise Refusal(Code.FILE_DAMAGED, part=entry.name)

    def _packed(self, entry: Entry) -> memoryview:
        # Lengths in the local header may differ from the directory's: only they say where the data starts.
        header = self.data[entry.offset : entry.offset + _LOCAL_HEADER]
        if len(header) < _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
            raise Refusal(Code.FILE_DAMAGED, part=entry.name)
        lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        start = entry.offset + _LOCAL_HEADER + lengths
        packed = memoryview(self.data)[start : start + entry.packed]
        if len(packed) != entry.packed:
            raise Refusal(Code.FILE_DAMAGED, part=entry.name)
        return packed

    def _charge(self, entry: Entry, size: int, added: int) -> None:
        self.inflated += added
        limits = self.limits
        if size > limits.part_bytes or self.inflated > limits.total_bytes:
            raise Refusal(Code.FILE_TOO_LARGE, limit=mebibytes(limits.part_bytes))
        if size > limits.ratio_from and size > limits.ratio * max(entry.packed, 1):
            raise Refusal(Code.FILE_TOO_LARGE, limit=f"{limits.ratio}:1")


def _inflate(entry: Entry, packed: memoryview) -> Iterator[bytes]:
    if entry.method == 0:
        for start in range(0, len(packed), CHUNK):
            yield bytes(packed[start : start + CHUNK])
        return
    if entry.method != 8:
        raise Refusal(Code.FILE_DAMAGED, part=entry.name)
    inflater = zlib.decompressobj(-15)
    try:
        for start in range(0, len(packed), CHUNK):
            pending: bytes | memoryview = packed[start : start + CHUNK]
            while pending and not inflater.eof:
                piece = inflater.decompress(pending, CHUNK)
                pending = inflater.unconsumed_tail
                if piece:
                    yield piece
        while not inflater.eof:
            piece = inflater.decompress(inflater.unconsumed_tail, CHUNK)
            if not piece:
                raise Refusal(Code.FILE_DAMAGED, part=entry.name)
            yield piece
    except zlib.error:
        raise Refusal(Code.FILE_DAMAGED, part=entry.name) from None


def mebibytes(size: int) -> str:
    return f"{size / (1024 * 1024):g} MiB"


def part_key(name: str) -> str:
    """The name a part is found by: Windows slashes, case, `%20` and a leading slash do not matter."""
    return unquote(name.replace("\\", "/")).lstrip("/").lower()


def resolve(source: str, target: str) -> str:
    """The key of a relationship's target, given the key of the part it belongs to (`""` the package)."""
    target = target.replace("\\", "/").partition("#")[0]
    path = [] if target.startswith("/") else source.split("/")[:-1]
    for step in target.split("/"):
        if step == "..":
            path = path[:-1]
        elif step not in ("", "."):
            path.append(step)
    return part_key("/".join(path))
