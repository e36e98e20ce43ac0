"""A form is a folder: reading `templates/<form>/` into a `FormDefinition`, and saying what is wrong with it."""

from xltool.definition.folders import DOCUMENT, LEAVES, FormSummary, available, find, load, load_form
from xltool.definition.schema import schema
from xltool.definition.versions import load_earlier, load_renames

__all__ = [
    "DOCUMENT",
    "LEAVES",
    "FormSummary",
    "available",
    "find",
    "load",
    "load_earlier",
    "load_form",
    "load_renames",
    "schema",
]
