"""Write the golden parts anew."""

from __future__ import annotations

from tests.golden.parts import HERE, current

for old in HERE.glob("*.xml"):
    old.unlink()
for name, text in current().items():
    (HERE / name).write_text(text, encoding="utf-8", newline="\n")
