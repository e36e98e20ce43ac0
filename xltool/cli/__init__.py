"""The command line: convert arguments, make one workflow call, show the result, give the exit code.

Exit codes: 0 clean, 1 errors remain, 2 wrong usage, 3 an input could not be opened.
"""

from __future__ import annotations

from xltool.cli.group import CommandGroup

main = CommandGroup.top()
