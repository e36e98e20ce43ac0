"""The fuzzing itself: every seed passes every target, packages stay sound when mutated, and a crash is kept."""

from __future__ import annotations

import io
import itertools
import json
import random
import zipfile
from pathlib import Path

import pytest

from tests.fuzz import seeds
from tests.fuzz.packages import mutate, unpacked
from tests.fuzz.targets import READING, TARGETS
from tests.fuzz.watch import Watch
from xltool.collect.examine import examine

SEED = seeds.filled()


def noise(piece: bytes, rng: random.Random) -> bytes:
    """What the fuzzing engine does to a piece of bytes, without it."""
    changed = bytearray(piece or b"x")
    changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("name", ["gate", "read", "interpret", "collect", "parcel", "labels"])
def test_every_target_takes_its_seeds_and_what_becomes_of_them(name: str) -> None:
    target = TARGETS[name]
    for number, data in enumerate(itertools.islice(target.begin(), 4)):
        target.run(data)
        for changed in range(3):
            target.run(mutate(data, random.Random(100 * number + changed), noise))


def test_a_filled_seed_is_read_to_the_end() -> None:
    examination = examine(SEED, READING, "x.xlsx")
    assert examination.submission is not None
    assert examination.submission.indicators


def test_a_mutated_package_is_a_sound_zip_that_differs() -> None:
    for number in range(40):
        changed = mutate(SEED, random.Random(number), noise)
        assert changed != SEED
        if zipfile.is_zipfile(io.BytesIO(changed)):
            with zipfile.ZipFile(io.BytesIO(changed)) as archive:
                assert archive.testzip() is None


def test_the_same_seed_mutates_the_same_way() -> None:
    changed = [mutate(SEED, random.Random(7), noise) for _ in range(2)]
    assert changed[0] == changed[1]


def test_half_of_the_mutated_forms_are_read_and_not_refused() -> None:
    read = sum(examine(mutate(SEED, random.Random(n), noise), READING).submission is not None for n in range(40))
    assert read >= 15


def test_bytes_that_are_no_zip_are_mutated_as_bytes() -> None:
    assert unpacked(b"no zip") is None
    assert len(mutate(b"no zip", random.Random(1), noise)) == len(b"no zip")


def test_a_crash_is_counted_and_its_smallest_input_kept(tmp_path: Path) -> None:
    def fails(data: bytes) -> None:
        raise ValueError(data)

    watch = Watch(fails, tmp_path)
    for data in (b"long", b"x", b"longer"):
        watch(data)
    (kept,) = tmp_path.glob("crash-*.bin")
    assert kept.read_bytes() == b"x"
    assert list(watch.crashes.values()) == [3]
    assert json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))["executions"] == 1


@pytest.mark.skipif(not Path("/proc/self/clear_refs").is_file(), reason="peak memory is asked the Linux way")
def test_an_input_that_takes_much_memory_is_a_crash(tmp_path: Path) -> None:
    def swells(data: bytes) -> None:
        held = bytearray(260 << 20)
        held[:: 1 << 12] = b"x" * len(held[:: 1 << 12])

    watch = Watch(swells, tmp_path)
    watch(b"x")
    assert list(watch.crashes) == ["memory"]
