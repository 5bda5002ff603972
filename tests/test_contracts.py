"""The contracts say what the data dictionary says."""
import csv
from pathlib import Path

import dataframely as dy
import pytest

from etl.contracts import load_order, registered
from etl.contracts.columns import choice, plain

DICTIONARY = Path(__file__).parent / "data" / "data_dictionary.csv"
TYPES = {
    dy.String: "text", dy.Enum: "enum", dy.Bool: "bool",
    dy.Int64: "int", dy.Float64: "float", dy.Date: "date",
}
# The shapes' columns are read from GeoJSON properties, which the dictionary writes in one line.
TABLES = sorted(set(registered()) - {"shapes"})


def dictionary(table: str) -> list[dict[str, str]]:
    with DICTIONARY.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["table"] == table]


@pytest.mark.parametrize("name", TABLES)
def test_columns_are_those_of_the_dictionary(name):
    table = registered()[name]
    contract = [
        (table.family, table.title, column, table.header(column), TYPES[type(of)], not of.nullable)
        for column, of in table.columns.items()
    ]
    assert contract == [
        (*(row[cell] for cell in ("family", "table_zh", "column", "header_zh", "type")), row["required"] == "yes")
        for row in dictionary(name)
    ]


@pytest.mark.parametrize("name", TABLES)
def test_words_are_those_of_the_dictionary(name):
    table = registered()[name]
    for row in dictionary(name):
        if row["type"] == "enum":
            labels = table.columns[row["column"]].metadata["labels"]
            assert " | ".join(f"{word} {label}" for word, label in labels.items()) == row["rule"]


@pytest.mark.parametrize("name", TABLES)
def test_personal_columns_are_those_of_the_dictionary(name):
    personal = {row["column"] for row in dictionary(name) if "personal:" in row["rule"]}
    assert set(registered()[name].where("personal")) == personal


def test_keys():
    assert {name: table.key for name, table in registered().items()} == {
        "areas": ("area_code",),
        "population": ("community_code", "as_of"),
        "grids": ("grid_code",),
        "shapes": ("area_code", "grid_code"),
        "workers": ("worker_id", "as_of"),
        "grid_duties": ("worker_id", "grid_code", "since"),
        "standards": ("standard", "area_code", "item", "since"),
    }


def test_a_table_loads_after_those_it_refers_to():
    order = [table.name for table in load_order()]
    assert sorted(order) == sorted(registered())
    for table in load_order():
        for reference in table.where("reference").values():
            assert order.index(reference.table) <= order.index(table.name)


def test_every_rule_has_a_reason_at_one_of_its_columns():
    for table in registered().values():
        for rule in table.schema._schema_validation_rules():
            if rule != "all_cells_readable":
                assert table.reason(rule).column in table.columns


def test_spellings_of_a_choice():
    words = choice("岗位", "secretary 社区正职(书记/主任) | county_committee 县(市区)委").metadata["words"]
    assert {spelling for spelling, word in words.items() if word == "secretary"} == {
        "secretary", "社区正职(书记/主任)", "社区正职", "书记", "主任",
    }
    assert {spelling for spelling, word in words.items() if word == "county_committee"} == {
        "county_committee", "县(市区)委", "县", "县委", "市区",
    }
    assert plain("社区正职（书记／主任）") in words


def test_two_values_with_one_spelling_are_an_error():
    with pytest.raises(ValueError, match="主任"):
        choice("岗位", "secretary 书记(主任) | director 主任")
