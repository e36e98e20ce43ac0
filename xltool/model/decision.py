"""What the coordinator decided in the working paper, kept apart from the units' values it was decided on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decision:
    """One row's decision; an empty part decides nothing.

    `figure` is the row's key in the working paper: `field:budget.total`, `indicator:output.quantity:某某:current`,
    `extra:…:remark`, `row:tasks:001:tasks#02`, `same:KEY|KEY` (two names that are one). `inputs` is the digest of
    the values it was decided on. `override` is the final value as typed; `weight` the key of the field whose values
    are the weights of a weighted mean. `order` 0 means unsaid. `at` is an ISO 8601 time.
    """

    figure: str
    inputs: str
    rule: str = ""
    owner: str = ""
    weight: str = ""
    override: str = ""
    include: bool | None = None
    order: int = 0
    reason: str = ""
    at: str = ""
