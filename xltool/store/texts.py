"""The answers in words of every unit's latest attempt, one by one, for what is seen only across the units."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from xltool.checks import UnitText

_SHORTEST = 30  # characters; what is shorter agrees by chance
_LATEST = """
WITH latest AS (
    SELECT unit_code, max(number) AS number FROM attempts
    WHERE submission IS NOT NULL AND status IN ('accepted', 'waiting', 'errors') GROUP BY unit_code
), answers AS (
    SELECT a.unit_code, a.file, '' AS prefix, f.value AS answer
    FROM attempts a JOIN latest USING (number), json_each(a.submission, '$.fields') f
    UNION ALL
    SELECT a.unit_code, a.file, json_extract(r.value, '$.key') || '.', f.value
    FROM attempts a JOIN latest USING (number), json_each(a.submission, '$.rows') r, json_each(r.value, '$.answers') f
)
SELECT unit_code, prefix || json_extract(answer, '$.key'), json_extract(answer, '$.text'), file,
    json_extract(answer, '$.source.sheet'), json_extract(answer, '$.source.cell')
FROM answers WHERE length(json_extract(answer, '$.text')) >= ? ORDER BY unit_code
"""


def unit_texts(ledger: Path) -> Iterator[UnitText]:
    """The long ones, in the order of the units; nothing is kept of a form once its texts have been given."""
    with closing(sqlite3.connect(ledger)) as connection:
        for row in connection.execute(_LATEST, (_SHORTEST,)):
            yield UnitText(*row)
