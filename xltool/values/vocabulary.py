"""The words of the value grammar, as the code lists hold them: signs, qualitative wording, verbs, references."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from xltool.data import codelist
from xltool.model.value import Note, Operator


@dataclass(frozen=True, slots=True)
class Sign:
    """One spelling of an operator; `exclusive` is what 以上 and 以下 mean where the figure itself is left out."""

    operator: Operator
    form: str  # sign, alias or word
    exclusive: Operator

    def notes(self) -> tuple[Note, ...]:
        """How the spelling differs from the canonical sign."""
        if self.form == "sign":
            return ()
        return (Note.OPERATOR_ALIAS if self.form == "alias" else Note.OPERATOR_WORD,)


@dataclass(frozen=True, slots=True)
class Word:
    """One row of the wording list; which fields are filled depends on the role it is listed under."""

    spelling: str
    kind: str
    operator: Operator | None
    base: str | None
    every: str | None


@cache
def signs(place: str) -> dict[str, Sign]:
    """The spellings that may stand in this place: `cell`, `prefix` or `suffix`."""
    found: dict[str, Sign] = {}
    for row in csv.DictReader(codelist("operators").splitlines()):
        if place in row["place"].split():
            operator = Operator(row["operator"])
            found[row["spelling"]] = Sign(operator, row["form"], Operator(row["exclusive"] or operator))
    return found


@cache
def words(role: str) -> dict[str, Word]:
    """The rows of a role: whole, verb, degree, base, tail or zero."""
    return {
        row["spelling"]: Word(
            row["spelling"],
            row["kind"],
            Operator(row["operator"]) if row["operator"] else None,
            row["base"] or None,
            row["every"] or None,
        )
        for row in csv.DictReader(codelist("wording").splitlines())
        if row["role"] == role
    }


def alternation(spellings: Iterable[str]) -> str:
    """A regular expression for any of these spellings, the longest first."""
    return "|".join(map(re.escape, sorted(spellings, key=len, reverse=True)))
