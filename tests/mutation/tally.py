"""The counts of many runs, and the table they are printed as."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from tests.mutation.run import Outcome

_KEPT = 5  # seeds to replay that are kept of each kind


@dataclass(slots=True)
class Count:
    """Of one mutation: runs it was part of, answers in them, problems at what it touched."""

    runs: int = 0
    read: int = 0
    reported: int = 0
    refused: int = 0
    silent: int = 0
    unaccounted: int = 0
    seeds: list[int] = field(default_factory=list)

    def add(self, other: Count) -> None:
        self.runs += other.runs
        self.read += other.read
        self.reported += other.reported
        self.refused += other.refused
        self.silent += other.silent
        self.unaccounted += other.unaccounted
        self.seeds = [*self.seeds, *other.seeds][:_KEPT]


@dataclass(slots=True)
class Tally:
    """`cries` counts errors and warnings said at answers that nobody touched, of `calm` such answers."""

    total: Count = field(default_factory=Count)
    by_name: dict[str, Count] = field(default_factory=dict)
    by_form: dict[str, Count] = field(default_factory=dict)
    faults: list[tuple[int, str]] = field(default_factory=list)
    calm: int = 0
    cries: int = 0
    cry_seeds: list[tuple[int, str]] = field(default_factory=list)
    through: int = 0

    def take(self, out: Outcome) -> None:
        if out.fault:
            self.faults.append((out.seed, out.fault))
            return
        self._count(self.total, out, None)
        self._count(self.by_form.setdefault(out.form, Count()), out, None)
        for name in sorted(set(out.names)):
            tags = {tag for tag, other in enumerate(out.names) if other == name}
            self._count(self.by_name.setdefault(name, Count()), out, tags)
        self.through += any(name.startswith("saved by") for name in out.names)
        if out.intact:
            self.calm += out.verdict.read
            self.cries += len(out.cries)
            if out.cries and len(self.cry_seeds) < _KEPT:
                self.cry_seeds.append((out.seed, " ".join(sorted({code for code, _ in out.cries}))))

    def _count(self, count: Count, out: Outcome, tags: set[int] | None) -> None:
        count.runs += 1
        count.read += out.verdict.read
        count.reported += out.verdict.reported
        count.refused += out.verdict.refused
        before = count.silent + count.unaccounted
        for problem in out.verdict.problems:
            if tags is None or not problem.tags or tags & set(problem.tags):
                if problem.kind == "unaccounted":
                    count.unaccounted += 1
                else:
                    count.silent += 1
        if count.silent + count.unaccounted > before and len(count.seeds) < _KEPT:
            count.seeds.append(out.seed)

    def add(self, other: Tally) -> None:
        self.total.add(other.total)
        for mine, theirs in ((self.by_name, other.by_name), (self.by_form, other.by_form)):
            for name, count in theirs.items():
                mine.setdefault(name, Count()).add(count)
        self.faults += other.faults
        self.calm += other.calm
        self.cries += other.cries
        self.cry_seeds = [*self.cry_seeds, *other.cry_seeds][: 4 * _KEPT]
        self.through += other.through

    @classmethod
    def parse(cls, text: str) -> Tally:
        """The inverse of `json`."""
        data = json.loads(text)
        data["total"] = Count(**data["total"])
        for name in ("by_name", "by_form"):
            data[name] = {key: Count(**count) for key, count in data[name].items()}
        return cls(**data)

    def json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @property
    def clean(self) -> bool:
        return not (self.total.silent or self.total.unaccounted or self.faults)

    def lines(self) -> Iterator[str]:
        """The table as Markdown."""
        yield "| | runs | answers read | reported | files refused | silent wrong | unaccounted | replay |"
        yield "| --- | --: | --: | --: | --: | --: | --: | --- |"
        yield _line("**all**", self.total)
        for name, count in sorted(self.by_form.items()):
            yield _line(f"form {name}", count)
        for name, count in sorted(self.by_name.items()):
            yield _line(name, count)
        yield ""
        share = 100 * (1 - self.cries / self.calm) if self.calm else 100
        yield f"Exceptions: {len(self.faults)}. Runs through real programs: {self.through:,}."
        yield f"Where the view was left intact: {self.calm:,} answers, {self.cries} errors or warnings at them"
        yield f"({share:.4f} % clean)."
        if self.cry_seeds:
            yield f"Cries: {self.cry_seeds}"


def _line(name: str, c: Count) -> str:
    seeds = " ".join(map(str, c.seeds))
    counts = (c.runs, c.read, c.reported, c.refused, c.silent, c.unaccounted)
    return f"| {name} | {' | '.join(f'{count:,}' for count in counts)} | {seeds} |"
