"""At a node: reconcile, export and report speak of the units below it alone, and of its own consolidated form."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import frictionless
import pytest

from tests.test_report import texts_of
from xltool.findings import Code
from xltool.model.difference import Against, Cause, Difference, Match
from xltool.store.exports import read_csv
from xltool.workflow.consolidate import consolidate
from xltool.workflow.context import Context
from xltool.workflow.demo import demo
from xltool.workflow.export import export
from xltool.workflow.reconcile import ReconcileResult, reconcile
from xltool.workflow.report import report

CONTEXT = Context(jobs=1)
BELOW = {"004": "003", "005": "003", "008": "007", "009": "008"}  # 009 stands two steps below 007


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's campaign with some of its units put below others."""
    folder = tmp_path_factory.mktemp("nodes") / "round"
    for _ in demo(folder, context=CONTEXT):
        pass
    with (folder / "units.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with (folder / "units.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "parent"])
        writer.writeheader()
        writer.writerows({**row, "parent": BELOW.get(row["code"], "")} for row in rows)
    assert consolidate(folder, context=CONTEXT, all_nodes=True).nodes
    return folder


@pytest.fixture
def copy(tree: Path, tmp_path: Path) -> Path:
    """A campaign of one's own to reconcile, which writes into it."""
    return Path(shutil.copytree(tree, tmp_path / "round"))


def totals(folder: Path, *lines: str) -> Path:
    path = folder.parent / "controls.csv"
    path.write_text("\n".join(("编码,字段,金额（万元）", *lines)) + "\n", encoding="utf-8")
    return path


def told(result: ReconcileResult) -> Iterator[tuple[str, str, Match]]:
    for item in result.differences:
        yield item.unit_code if item.cause is Cause.NONE else "", item.units_text, item.match


# Export


def test_the_dataset_of_a_node_holds_its_units_alone_and_what_stands_in_its_form(tree: Path) -> None:
    assert export(tree, node="007", context=CONTEXT).files[0].parent == tree / "result" / "007" / "dataset"
    data = read_csv(tree / "result" / "007" / "dataset")
    for name in ("units", "fields", "indicators", "contributions"):
        assert set(data[name]["unit_code"]) == {"007", "008", "009"}, name
    assert set(data["findings"]["unit_code"]) <= {"", "007", "008", "009"}
    totals_ = data["consolidated_fields"].set_index("field")["number"]
    units = data["fields"][data["fields"]["field"] == "budget.total"]["number"]
    assert totals_["budget.total"] == sum(units) == Decimal("16050157.20")


def test_the_datasets_of_nodes_that_share_no_unit_add_up_to_the_whole(tree: Path) -> None:
    amounts = {}
    for node in ("", "003", "007"):
        export(tree, node=node, context=CONTEXT)
        data = read_csv(tree / "result" / node / "dataset")
        used = data["contributions"]
        used = used[(used["figure"] == "budget.total") & used["used"]]
        amounts[node] = dict(zip(used["unit_code"], used["number"], strict=True))
    assert amounts["003"].items() | amounts["007"].items() < amounts[""].items()
    assert not amounts["003"].keys() & amounts["007"].keys()


def test_the_data_package_of_a_node_is_the_nodes_and_passes_its_validator(tree: Path) -> None:
    export(tree, node="003", context=CONTEXT)
    package = tree / "result" / "003" / "dataset" / "datapackage.json"
    assert json.loads(package.read_text(encoding="utf-8"))["title"].startswith("示例区社会福利院 2024")
    checked = frictionless.validate(str(package))
    assert checked.valid, checked.flatten(["title", "message"])


@pytest.mark.parametrize(("kind", "name"), [("xlsx", "dataset.xlsx"), ("sqlite", "dataset.sqlite"),
                                            ("parquet", "dataset-parquet/units.parquet")])  # fmt: skip
def test_every_format_of_a_node_lies_in_its_folder(tree: Path, kind: str, name: str) -> None:
    export(tree, kind, node="007", context=CONTEXT)
    assert (tree / "result" / "007" / name).is_file()


def test_a_long_export_tells_how_far_it_is(tree: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    context = Context(jobs=1, progress=lambda done, total: seen.append((done, total)))
    export(tree, "sqlite", tmp_path / "x.sqlite", context=context)
    rows = sum(len(frame) for frame in read_csv(tree / "result" / "dataset").values())
    assert seen[0] == (0, rows)
    assert seen[-1] == (rows, rows)
    assert seen == sorted(seen)


@pytest.mark.parametrize("verb", [export, report, reconcile])
def test_a_unit_with_none_below_it_is_no_node(tree: Path, verb: object) -> None:
    assert callable(verb)
    result = verb(tree, node="002", context=CONTEXT)
    assert [item.code for item in result.findings if item.severity.value == "error"] == [Code.AGG_NODE_UNKNOWN]
    assert result.files == ()


# Reconcile


def test_a_node_is_held_against_its_own_form_and_dataset(copy: Path) -> None:
    for against in (copy / "result" / "003" / "汇总表.xlsx", copy / "result" / "003" / "dataset", copy):
        export(copy, node="003", context=CONTEXT)
        result = reconcile(copy, against, node="003", context=CONTEXT)
        assert {item.match for item in result.differences} == {Match.MATCHED}
        assert copy / "result" / "003" / "核对.xlsx" in result.files
    kinds = {path.name for path in (copy / "against" / "nodes" / "003").iterdir()}
    assert kinds == {Against.DECLARED.value, Against.PREVIOUS.value}


def test_what_was_given_for_a_node_is_nothing_to_the_whole_and_the_other_way(copy: Path) -> None:
    reconcile(copy, copy / "result" / "汇总表.xlsx", context=CONTEXT)
    reconcile(copy, copy / "result" / "003" / "汇总表.xlsx", node="003", context=CONTEXT)
    whole, node = (reconcile(copy, node=code, context=CONTEXT) for code in ("", "003"))
    assert {item.match for item in (*whole.differences, *node.differences)} == {Match.MATCHED}
    assert reconcile(copy, node="007", context=CONTEXT).files == ()


def test_a_control_total_of_a_unit_with_others_below_it_is_held_against_all_of_them(copy: Path) -> None:
    lines = ("003,部门整体预算总额,5420.18", "007,部门整体预算总额,1605.02", "002,部门整体预算总额,3472.54")
    result = reconcile(copy, totals(copy, *lines), context=CONTEXT)
    found = [item for item in told(result) if item[0]]
    assert found == [("003", "54,201,795.10", Match.ROUNDING), ("007", "16,050,157.20", Match.ROUNDING),
                     ("002", "34,725,420.75", Match.ROUNDING)]  # fmt: skip


def test_a_control_total_that_is_the_units_own_amount_is_held_against_its_own_form(copy: Path) -> None:
    result = reconcile(copy, totals(copy, "003,部门整体预算总额,3835.54"), context=CONTEXT)
    assert ("003", "38,355,418.60", Match.ROUNDING) in list(told(result))


def test_a_control_total_that_fits_neither_is_held_against_all_of_them(copy: Path) -> None:
    result = reconcile(copy, totals(copy, "003,部门整体预算总额,5000"), context=CONTEXT)
    (found,) = [item for item in result.differences if item.unit_code == "003"]
    assert (found.units_text, found.match, found.amount) == ("54,201,795.10", Match.DIFFERS, Decimal("-4201795.10"))


def test_a_node_takes_its_own_line_of_the_whole_campaigns_control_totals(copy: Path) -> None:
    path = totals(copy, ",部门整体预算总额,47637.32", "003,部门整体预算总额,5420.18", "004,部门整体预算总额,479.76",
                  "002,部门整体预算总额,1")  # fmt: skip
    reconcile(copy, path, context=CONTEXT)
    found = [*told(reconcile(copy, node="003", context=CONTEXT))]
    assert found == [("", "54,201,795.10", Match.ROUNDING), ("004", "4,797,646.00", Match.ROUNDING)]


def test_control_totals_given_for_a_node_need_no_code(copy: Path) -> None:
    result = reconcile(copy, totals(copy, ",部门整体预算总额,5420.18"), node="003", context=CONTEXT)
    assert [*told(result)] == [("", "54,201,795.10", Match.ROUNDING)]


def test_an_amount_is_known_by_a_part_of_its_name_where_no_other_has_it(copy: Path) -> None:
    (found,) = reconcile(copy, totals(copy, ",预算总额,47637.32"), context=CONTEXT).differences
    assert found.figure == "budget.total"
    result = reconcile(copy, totals(copy, ",支出,1"), context=CONTEXT)
    (fault,) = [item for item in result.findings if item.code == Code.REC_CONTROL_UNKNOWN]
    assert dict(fault.args)["column"] == "字段"
    assert "部门整体预算总额" in dict(fault.args)["known"]


# Report


def test_the_report_of_the_whole_shows_every_node_and_what_stands_right_below_it(tree: Path) -> None:
    (path,) = report(tree, context=CONTEXT).files
    texts = texts_of(path.read_text(encoding="utf-8"))
    assert "各级汇总" in texts
    for told_ in ("示例区社会福利院（本单位）", "示例区救助管理站（本单位）", "示例区居民经济状况核对中心（本单位）",
                  "54,201,795.10", "16,050,157.20", "9,416,051.90"):  # fmt: skip
        assert told_ in texts, told_


def test_the_report_of_a_node_counts_its_units_alone(tree: Path) -> None:
    (path,) = report(tree, node="003", context=CONTEXT).files
    assert path == tree / "result" / "003" / "report.html"
    texts = texts_of(path.read_text(encoding="utf-8"))
    assert {"3 / 3", "54,201,795.10"} <= set(texts)
    assert "示例区殡仪馆" not in texts


def test_a_difference_at_a_node_never_names_a_unit_from_elsewhere(copy: Path) -> None:
    result = reconcile(copy, totals(copy, ",部门整体预算总额,1960"), node="003", context=CONTEXT)
    (found,) = result.differences
    assert isinstance(found, Difference)
    assert found.unit_code in ("003", "004", "005")
