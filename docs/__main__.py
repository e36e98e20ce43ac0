"""Write docs/findings.md and docs/commands.md anew."""

from __future__ import annotations

from docs import commands, findings
from docs.pages import COMMANDS, FINDINGS, write

write(FINDINGS, findings.page())
write(COMMANDS, commands.page())
