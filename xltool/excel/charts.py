"""Charts as xlsxwriter draws them: plain bars with their figures written beside them."""

from __future__ import annotations

from typing import Any

from xltool.model.layout import Chart
from xltool.model.workbook import CellRange

_GAP = 60  # percent of a bar's width
_FONT = {"name": "宋体", "size": 9}


def drawn(book: Any, sheet: str, chart: Chart) -> Any:
    """The chart of a workbook being written, its values on the sheet of this name."""
    made = book.add_chart({"type": "bar", "subtype": "stacked"} if chart.stacked else {"type": "bar"})
    colors = (*chart.colors, *("" for _ in chart.series))
    for where, color in zip(chart.series, colors, strict=False):
        series: dict[str, Any] = {
            "categories": [sheet, *_corners(chart.categories)], "values": [sheet, *_corners(where)], "gap": _GAP,
        }  # fmt: skip
        if len(chart.series) > 1:  # a series is named by the heading above its first value
            series["name"] = [sheet, where.first_row - 2, where.first_col - 1]
        if not chart.stacked:
            series["data_labels"] = {"value": True, "font": _FONT}
        if color:
            series["fill"] = {"color": f"#{color}"}
        made.add_series(series)
    made.set_title({"name": chart.title, "name_font": {"name": "宋体", "size": 11}})
    made.set_legend({"position": "bottom", "font": _FONT} if len(chart.series) > 1 else {"none": True})
    made.set_y_axis({"reverse": True, "num_font": _FONT})
    if len(chart.series) > 1:
        made.set_x_axis({"num_font": _FONT, "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
    else:  # the bars carry their figures
        made.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    made.set_size({"width": chart.size[0], "height": chart.size[1]})
    return made


def _corners(where: CellRange) -> tuple[int, int, int, int]:
    return where.first_row - 1, where.first_col - 1, where.last_row - 1, where.last_col - 1
