"""One check of a form, judged by two engines: Python when it is read, Excel while it is being filled in.

Both decide by the same bound, and Excel abstains where a double cannot tell: they never both decide and differ.
"""

from xltool.expressions.evaluate import Outcome, Verdict, evaluate
from xltool.expressions.excel import difference_to_excel, to_excel
from xltool.expressions.parse import parse
from xltool.expressions.tree import Expression, bound, columns, names

__all__ = [
    "Expression",
    "Outcome",
    "Verdict",
    "bound",
    "columns",
    "difference_to_excel",
    "evaluate",
    "names",
    "parse",
    "to_excel",
]
