"""Write the generated pages anew, and the examples that the findings are shown with."""

from __future__ import annotations

from docs import commands, dataset, examples, findings
from docs.pages import COMMANDS, DATASET, FINDINGS, write

write(examples.EXAMPLES, examples.page())
write(FINDINGS, findings.page())
write(COMMANDS, commands.page())
write(DATASET, dataset.page())
