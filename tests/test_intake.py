"""Files are found in a fixed order, read under a cap and archived whole before anybody parses them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tiny import codes
from xltool.collect.intake import Received, find, safe_name, take, take_in
from xltool.findings import Code
from xltool.model.finding import Finding


def _tree(folder: Path) -> Path:
    for name in (
        "b.xlsx",
        "a.xlsx",
        "子/c.xlsx",
        "~$a.xlsx",
        ".~lock.b.xlsx#",
        "Thumbs.db",
        ".DS_Store",
        ".git/x",
        "子/~$c.xlsx",
    ):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
    return folder


def test_files_come_in_a_fixed_order_and_lock_files_are_left_out_with_a_note(tmp_path: Path) -> None:
    found = find([_tree(tmp_path)])
    assert [path.name for path in found.files] == ["a.xlsx", "b.xlsx", "c.xlsx"]
    assert codes(found.findings) == [Code.COL_IGNORED_FILE] * 5
    assert find([tmp_path]) == found


def test_a_file_that_is_given_twice_is_taken_once(tmp_path: Path) -> None:
    _tree(tmp_path)
    found = find([tmp_path / "a.xlsx", tmp_path, tmp_path / "a.xlsx"])
    assert [path.name for path in found.files] == ["a.xlsx", "b.xlsx", "c.xlsx"]


def test_the_original_bytes_are_archived_under_their_hash(tmp_path: Path) -> None:
    path = tmp_path / "甲站(1).xlsx"
    path.write_bytes(b"content")
    item = take(path, tmp_path / "archive")
    assert isinstance(item, Received)
    assert item.sha256 == hashlib.sha256(b"content").hexdigest()
    assert item.archived == tmp_path / "archive" / item.sha256 / "甲站(1).xlsx"
    assert item.archived.read_bytes() == b"content"
    assert not item.known


def test_the_same_bytes_again_are_known_and_kept_once(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    for name, known in (("a.xlsx", False), ("最终版.xlsx", True)):
        (tmp_path / name).write_bytes(b"content")
        item = take(tmp_path / name, archive)
        assert isinstance(item, Received)
        assert item.known is known
    assert sum(1 for path in archive.rglob("*") if path.is_file()) == 1


def test_what_a_killed_run_left_is_not_taken_for_an_archived_file(tmp_path: Path) -> None:
    archive, data = tmp_path / "archive", b"content"
    (archive / hashlib.sha256(data).hexdigest()).mkdir(parents=True)
    (archive / ".partial-x").write_bytes(b"con")
    (tmp_path / "a.xlsx").write_bytes(data)
    item = take(tmp_path / "a.xlsx", archive)
    assert isinstance(item, Received)
    assert not item.known
    assert item.archived is not None
    assert item.archived.read_bytes() == data


def test_an_interrupted_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"content")

    def interrupted(_source: object, _target: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        take(tmp_path / "a.xlsx", tmp_path / "archive")
    assert [path for path in (tmp_path / "archive").rglob("*") if path.is_file()] == []


def test_a_file_over_the_cap_is_refused_and_not_archived(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"x" * 101)
    item = take(tmp_path / "a.xlsx", tmp_path / "archive", limit=100)
    assert isinstance(item, Finding)
    assert item.code == Code.FILE_TOO_LARGE
    assert not (tmp_path / "archive").exists()


def test_a_file_that_cannot_be_opened_is_a_finding_and_the_others_are_taken(tmp_path: Path) -> None:
    (tmp_path / "b.xlsx").write_bytes(b"b")
    taken = list(take_in([tmp_path / "gone.xlsx", tmp_path / "b.xlsx"]))
    assert isinstance(taken[0], Finding)
    assert taken[0].code == Code.FILE_LOCKED
    assert isinstance(taken[1], Received)


def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    inbox, outside = tmp_path / "inbox", tmp_path / "outside"
    inbox.mkdir()
    outside.mkdir()
    (outside / "a.xlsx").write_bytes(b"a")
    try:
        (inbox / "link").symlink_to(outside, target_is_directory=True)
    except OSError:
        pytest.skip("this system lets nobody make links")
    assert find([inbox]).files == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("甲站_第1次.xlsx", "甲站_第1次.xlsx"), ("../../etc/passwd", ".._.._etc_passwd"), ("a\\b:c.xlsx", "a_b_c.xlsx"),
        ("con.xlsx", "_con.xlsx"), ("  .xlsx", "_.xlsx"), ("", "_"), ("a.xlsx. ", "a.xlsx"),
        ("a\u202excod.exe", "a_xcod.exe"),
    ],
)  # fmt: skip
def test_an_archived_name_is_safe_on_every_system(name: str, expected: str) -> None:
    assert safe_name(name) == expected


@given(st.text(max_size=300))
def test_any_name_becomes_one_plain_file_name(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert safe not in (".", "..")
    assert not set(safe) & set('/\\:*?"<>|\x00\n')
    assert len(safe.encode("utf-8", "replace")) <= 210
    assert Path(safe).name == safe
