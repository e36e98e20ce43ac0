"""The catalogue of findings: its codes, their words, and the sentences rendered late in Chinese or English.

The words are data: one TOML file per topic under `words/findings/`, a table per code.
"""

from __future__ import annotations

from xltool.findings.catalogue import Entry, Words, catalogue
from xltool.findings.codes import Code
from xltool.findings.sentences import example, finding, message, split_message

__all__ = ["Code", "Entry", "Words", "catalogue", "example", "finding", "message", "split_message"]
