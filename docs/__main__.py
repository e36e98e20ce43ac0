"""Write docs/findings.md, docs/commands.md and docs/dataset.md anew."""

from __future__ import annotations

from docs import commands, dataset, findings
from docs.pages import COMMANDS, DATASET, FINDINGS, write

write(FINDINGS, findings.page())
write(COMMANDS, commands.page())
write(DATASET, dataset.page())
