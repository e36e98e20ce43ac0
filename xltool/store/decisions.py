"""What the coordinator decided, kept beside the ledger as a file people can read: decisions.json."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cattrs.errors import BaseValidationError
from cattrs.preconf.json import make_converter

from xltool.findings import Code, finding
from xltool.model.decision import Decision
from xltool.model.finding import Finding, Position

NAME = "decisions.json"
_FORMAT = 1
_CONVERTER = make_converter(forbid_extra_keys=True)

Decisions = Mapping[str, tuple[Decision, ...]]


def load(path: Path) -> Decisions | Finding:
    """The decisions by node (empty for the whole campaign); none where the file is absent."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        nodes = document["nodes"]
        assert document["format"] == _FORMAT
        return {str(node): tuple(_decision(item) for item in told) for node, told in nodes.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, AssertionError, BaseValidationError):
        return finding(Code.AGG_DECISIONS_DAMAGED, Position(file=path.name), file=path.name)


def _decision(record: Mapping[str, Any]) -> Decision:
    """What decides no figure, as that two names are one, was decided on no values."""
    return _CONVERTER.structure({"inputs": "", **record}, Decision)


def text_of(path: Path, decisions: Decisions, node: str, now: Sequence[Decision]) -> str:
    """The file's new text with `now` as the node's decisions; those that were replaced stay listed as `earlier`."""
    before = {item.figure: item for item in decisions.get(node, ())}
    kept = {item.figure: item for item in now}
    replaced = [item for key, item in before.items() if kept.get(key) != item]
    nodes = {**decisions, node: tuple(now)}
    document = {
        "format": _FORMAT,
        "nodes": {key: [_record(item) for item in told] for key, told in sorted(nodes.items()) if told},
        "earlier": [*_earlier(path), *({"node": node, **_record(item)} for item in replaced)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _record(item: Decision) -> dict[str, Any]:
    record: dict[str, Any] = _CONVERTER.unstructure(item)
    return {key: value for key, value in record.items() if value not in ("", None, 0) or value is False}


def _earlier(path: Path) -> list[Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8")).get("earlier", [])
    except (OSError, ValueError, AttributeError):
        return []
    return found if isinstance(found, list) else []
