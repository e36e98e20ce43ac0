"""A sketch as the two files of a form's folder: form.toml as a person would write it, and indicators.csv."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator

from xltool.drafting.sketch import Sketch, Table
from xltool.drafting.vocabulary import words_of

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def form_toml(sketch: Sketch, form_id: str, year: int) -> str:
    """The document; the guesses stay beside it, so nothing in it has to be deleted."""
    parts = [_table("form", _form(sketch, form_id, year)), _table("sheet", _sheet(sketch))]
    parts += [_table("section", section, repeated=True) for section in sketch.sections]
    parts += [_table("block", block, repeated=True) for block in sketch.blocks]
    return "\n".join(parts)


def _form(sketch: Sketch, form_id: str, year: int) -> Table:
    titles = [str(block["text"]) for block in sketch.blocks if block.get("style") == "title"]
    title = titles[0].replace("{year}年度", "").replace("{year}年", "").replace("{year}", "") if titles else ""
    texts = [box.text for box in sketch.page.boxes]
    known = words_of("money", "measures")
    measure = next((word for word in known if any(word in text for text in texts)), known[-1])
    return {
        "id": form_id,
        "version": "1",
        "year": year,
        "title": title.strip() or form_id,
        "money": {"measure": measure, "decimals": 2},
    }


def _sheet(sketch: Sketch) -> Table:
    page = sketch.page
    inside, outside = page.fonts(ruled=True).most_common(1), page.fonts(ruled=False)
    made: Table = {"name": page.name, "tracks": list(page.tracks), "paper": page.paper}
    made["orientation"] = "landscape" if page.landscape else "portrait"
    if inside:
        (font, size), _ = inside[0]
        made |= {"font": font, "font_size": size}
    if outside:
        made["title_font"] = max(outside, key=lambda item: item[1])[0]
    return made


def indicators_csv(sketch: Sketch) -> str:
    """The leaves in the order of the blank; columns that nothing is known for are left to the person."""
    depth = max((int(name[5:]) for leaf in sketch.leaves for name in leaf if name.startswith("level")), default=2)
    paths = [f"level{number}" for number in range(1, depth + 1)]
    columns = ["key", *paths, "aliases", "entry", "text", "minimum", "prepared", "spare", "measures", "name"]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(sketch.leaves)
    return out.getvalue()


def _table(name: str, table: Table, *, repeated: bool = False) -> str:
    heading = f"[[{name}]]" if repeated else f"[{name}]"
    return "\n".join([heading, *(f"{_key(key)} = {_top(value)}" for key, value in table.items()), ""])


def _top(value: object) -> str:
    """A list of tables has a line for each; rows of keys too."""
    if isinstance(value, list) and value and isinstance(value[0], dict | list):
        return "\n".join(["[", *(f"  {_value(item)}," for item in value), "]"])
    return _value(value)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(_pairs(value)) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _pairs(table: Table) -> Iterator[str]:
    for key, value in table.items():
        yield f"{_key(key)} = {_value(value)}"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)
