"""Submissions as JSON text and back, exactly: a number keeps its decimals, an answer its state and its notes."""

from __future__ import annotations

from decimal import Decimal

from cattrs.preconf.json import make_converter

from xltool.model.submission import Identity, Submission

_CONVERTER = make_converter()
_CONVERTER.register_unstructure_hook(Decimal, str)
_CONVERTER.register_structure_hook(Decimal, lambda text, _: Decimal(text))


def to_json(submission: Submission) -> str:
    """The submission as one line of JSON; numbers are text, and nothing is left out for being usual."""
    return _CONVERTER.dumps(submission, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Submission:
    """The inverse of `to_json`. A text it did not write raises: a damaged ledger is no user's fault."""
    return _CONVERTER.loads(text, Submission)


def identity_from_json(text: str) -> Identity:
    """The identity alone, from that part of what `to_json` wrote."""
    return _CONVERTER.loads(text, Identity)
