"""Fixtures every test may use: the real programs that handle the workbooks, and the shared papers.

A program that is not installed skips its tests with the reason; with XLTOOL_CLIENTS=required it fails them
instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import javascript, pdf
from tests.clients import libreoffice as office

ROOT = Path(__file__).parents[1]


def need(reason: str | None) -> None:
    """Skip where a program is missing, or fail where all are required. None: nothing is missing."""
    if reason is None:
        return
    if os.environ.get("XLTOOL_CLIENTS") == "required":
        pytest.fail(f"a client is required and missing: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs all tests that need LibreOffice, so that it starts once."""
    for item in items:
        if "libreoffice" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("libreoffice"))


@pytest.fixture(scope="session")
def libreoffice() -> Iterator[office.LibreOffice]:
    """LibreOffice, started once for the whole run."""
    need(office.missing())
    with office.LibreOffice() as program:
        yield program


@pytest.fixture(scope="session")
def exceljs() -> javascript.NodeClient:
    need(javascript.missing("exceljs"))
    return javascript.NodeClient("exceljs")


@pytest.fixture(scope="session")
def sheetjs() -> javascript.NodeClient:
    need(javascript.missing("xlsx"))
    return javascript.NodeClient("sheetjs")


@pytest.fixture(scope="session")
def poppler() -> None:
    """The PDF tools are there (the functions are those of `tests.clients.pdf`)."""
    need(pdf.missing())


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of seeds and corpus beside the checkout."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no shared folder beside the checkout")
    return folder
