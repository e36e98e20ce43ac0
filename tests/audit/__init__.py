"""Whether a generated workbook would open in Excel without a repair, judged without Excel.

`validate` asks openxml-audit, which knows the schemas; `audit` is our own check of what that misses.
"""

from tests.audit.package import audit
from tests.audit.schema import validate

__all__ = ["audit", "validate"]
