"""What xlsxwriter is told for a style and for a rule, as plain options."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xltool.model.layout import Rule, Style

INLINE_LIST_LIMIT = 255
FORMULA_LIMIT = 255  # of a validation


class WriteError(ValueError):
    """The plan asks for something the file format or xlsxwriter refuses: a bug in a layout, never a user's fault."""


def properties(style: Style) -> dict[str, Any]:
    """xlsxwriter's format properties for a style."""
    wanted: dict[str, Any] = {
        "font_name": style.font, "font_size": style.size, "bold": style.bold, "align": style.align,
        "valign": style.valign, "text_wrap": style.wrap, "locked": style.locked, "num_format": style.number_format,
    }  # fmt: skip
    if style.border:
        wanted["border"] = 1
    if style.open_side:
        wanted[style.open_side] = 0
    if style.shrink:
        wanted["shrink"] = True
    if style.fill:
        wanted["bg_color"] = f"#{style.fill}"
    if style.color:
        wanted["font_color"] = f"#{style.color}"
    return wanted


def _list_source(values: tuple[str, ...]) -> str | list[str]:
    if values[0].startswith("=") and len(values[0]) > 1:
        return values[0]
    if len(",".join(values)) > INLINE_LIST_LIMIT:
        raise WriteError("an inline list may not exceed 255 characters: put it on the lists sheet")
    return list(values)


def _custom(rule: Rule) -> dict[str, Any]:
    if len(rule.values[0]) > FORMULA_LIMIT:
        raise WriteError(f"a validation formula may not exceed 255 characters: {rule.values[0]}")
    return {"validate": "custom", "value": f"={rule.values[0]}"}


_VALIDATIONS: dict[str, Callable[[Rule], dict[str, Any]]] = {
    "list": lambda rule: {"validate": "list", "source": _list_source(rule.values)},
    "length": lambda rule: {"validate": "length", "criteria": "<=", "value": int(rule.values[0])},
    "custom": _custom,
}


def validation(rule: Rule) -> dict[str, Any]:
    """xlsxwriter's options for a rule; a kind that begins with `warn-` asks instead of refusing."""
    kind = rule.kind.removeprefix("warn-")
    options = _VALIDATIONS[kind](rule)
    options["error_type"] = "warning" if rule.kind != kind else "stop"
    texts = {
        "input_title": rule.prompt_title, "input_message": rule.prompt,
        "error_title": rule.error_title, "error_message": rule.error,
    }  # fmt: skip
    return options | {name: text for name, text in texts.items() if text}
