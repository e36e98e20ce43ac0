"""openxml-audit's verdict on a workbook, against the schemas of Microsoft 365."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from openxml_audit import FileFormat, OpenXmlValidator


def validate(path: str | Path) -> list[str]:
    """What openxml-audit finds wrong, a line each; empty when clean."""
    result = _validator().validate(str(path))
    return [str(error) for error in result.errors]


@cache
def _validator() -> OpenXmlValidator:
    # Building one loads the schemas, half a second; it may be used again.
    return OpenXmlValidator(file_format=FileFormat.MICROSOFT_365)
