"""datapackage.json: types, keys and descriptions of the tables, in the terms of the Data Package standard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from xltool.store.described import Column, Description

DATAPACKAGE = "datapackage.json"
_OF_UNITS = frozenset({"fields", "indicators", "contributions"})


@dataclass(frozen=True, slots=True)
class About:
    """What the dataset is of."""

    campaign: str
    form: str
    version: str
    year: int
    department: str
    title: str
    money: str
    program: str


def data_package(described: Iterable[Description], about: About) -> dict[str, Any]:
    """The whole document; texts of the columns in both languages."""
    return {
        "profile": "tabular-data-package",
        "name": "xltool-dataset",
        "title": f"{about.department} {about.year} {about.title}",
        "version": about.version,
        "campaign": about.campaign,
        "form": about.form,
        "year": about.year,
        "money": about.money,
        "program": about.program,
        "resources": [_resource(item) for item in described],
    }


def _resource(item: Description) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column, item.key) for column in item.columns], "missingValues": [""]}
    if item.key:
        schema["primaryKey"] = list(item.key)
    if item.name in _OF_UNITS or item.key[:2] == ("unit_code", "row"):
        reference = {"resource": "units", "fields": ["unit_code"]}
        schema["foreignKeys"] = [{"fields": ["unit_code"], "reference": reference}]
    return {
        "name": item.name,
        "path": f"{item.name}.csv",
        "profile": "tabular-data-resource",
        "description": f"{item.zh} · {item.en}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "schema": schema,
    }


def _field(column: Column, key: tuple[str, ...]) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": column.type, "description": f"{column.zh} · {column.en}"}
    if column.type == "boolean":
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    if column.name in key:
        field["constraints"] = {"required": True}
    return field
