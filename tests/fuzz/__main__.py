"""Fuzzes one target for so many seconds: `python -m tests.fuzz --target read --seconds 600 --folder FOLDER`.

FOLDER keeps the inputs that reached new code (`found/`), the crashes and the counts (`figures.json`); a later run goes
on from there. Ends with exit code 1 where a crash was found.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["xltool"]):
    from tests.fuzz.packages import mutate
    from tests.fuzz.targets import TARGETS, Target, keep_in_process
    from tests.fuzz.watch import Watch

LONGEST = 1 << 20
ENGINE_SECONDS = 120  # after which libFuzzer itself stops an input


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--target", choices=TARGETS, default="interpret")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def begin(target: Target, folder: Path) -> Path:
    """The folder of inputs to start from, with the target's seeds in it."""
    found = folder / "found"
    found.mkdir(parents=True, exist_ok=True)
    for data in target.begin():
        (found / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    return found


def within_packages(data: bytes, _: int, seed: int) -> bytes:
    """libFuzzer's hook: mutates part by part, and gives whole pieces of bytes to libFuzzer's own mutations."""

    def change(piece: bytes, rng: random.Random) -> bytes:
        return bytes(atheris.Mutate(piece, len(piece) + rng.randrange(1, 64)))

    changed = mutate(data, random.Random(seed), change)
    return changed if len(changed) <= LONGEST else data


def main() -> None:
    wanted = arguments()
    target = TARGETS[wanted.target]
    found = begin(target, wanted.folder)
    keep_in_process()
    watch = Watch(target.run, wanted.folder, target.bounded)
    options = [
        sys.argv[0], str(found), f"-max_total_time={wanted.seconds}", f"-max_len={LONGEST}", "-len_control=0",
        f"-timeout={ENGINE_SECONDS}", "-rss_limit_mb=3072", "-print_final_stats=1", f"-seed={wanted.seed}",
        f"-artifact_prefix={wanted.folder}/",
    ]  # fmt: skip
    mutator: dict[str, Callable[[bytes, int, int], bytes]] = (
        {"custom_mutator": within_packages} if target.packages else {}
    )
    atheris.Setup(options, watch, **mutator)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
