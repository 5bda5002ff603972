"""The contracts agree with the data dictionary."""

import csv
import itertools
import re
from string import Formatter

import dataframely as dy
import pytest

from etl.contracts import all_tables, load_order
from etl.contracts.columns import MAX_VALUE, choice, normalise, topic
from sql.paths import PROJECT
from sql.semantic.catalog.catalog import current_files
from sql.source_tables import SOURCE_TABLES

DICTIONARY = PROJECT / "tests" / "data" / "data_dictionary.csv"
TYPES = {
    dy.String: "text",
    dy.Enum: "enum",
    dy.Bool: "bool",
    dy.Int64: "int",
    dy.Float64: "float",
    dy.Date: "date",
    dy.Datetime: "datetime",
}
SEPARATOR = {dy.Enum: " | ", dy.String: " · "}
# The shapes' columns are read from GeoJSON properties, which the dictionary writes on one line.
TABLES = sorted(set(all_tables()) - {"shapes"})


def dictionary(table: str) -> list[dict[str, str]]:
    with DICTIONARY.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["table"] == table]


def test_every_source_table_has_a_contract_and_a_staging_file_that_names_it():
    assert set(all_tables()) == set(SOURCE_TABLES)
    for name, title in SOURCE_TABLES.items():
        assert all_tables()[name].title == title.zh and title.en.isascii(), name
        assert title.zh in current_files()[f"staging/{name}.sql"].title.zh, name
    for titles in zip(*SOURCE_TABLES.values(), strict=True):
        assert len({*titles}) == len(titles), "two tables have one name"


@pytest.mark.parametrize("name", TABLES)
def test_columns_are_those_of_the_dictionary(name):
    table = all_tables()[name]
    contract = [
        (table.family, table.title, column, table.header(column), TYPES[type(of)], not of.nullable)
        for column, of in table.columns.items()
    ]
    agreed = [
        (*(row[cell] for cell in ("family", "table_zh", "column", "header_zh", "type")), row["required"] == "yes")
        for row in dictionary(name)
    ]
    assert contract == agreed, "the contract, and tests/data/data_dictionary.csv, which it has to agree with"


def words_of(rule: str) -> str:
    """Returns the words a rule lists or, where it says "as requests.category", those of that column."""
    if rule.startswith("as "):
        table, column = rule.removeprefix("as ").split(".")
        (rule,) = (row["rule"] for row in dictionary(table) if row["column"] == column)
    return rule.split(";")[0]


@pytest.mark.parametrize("name", TABLES)
def test_words_are_those_of_the_dictionary(name):
    table = all_tables()[name]
    for row in dictionary(name):
        column, words = table.columns[row["column"]], words_of(row["rule"])
        labels = column.metadata.get("labels", {})
        if row["type"] == "enum" or (" · " in words and name != "standards"):
            listed = SEPARATOR[type(column)].join(f"{word} {label}" for word, label in labels.items())
            assert listed == words
        else:
            assert not labels


def bounds(column: dy.Column) -> dict[str, float]:
    found = {side: getattr(column, side, None) for side in ("min", "min_exclusive", "max")}
    return {side: bound for side, bound in found.items() if bound is not None}


def bounds_of(rule: str) -> dict[str, float]:
    """Returns the numbers a rule names: `1..18`, `0..100`, `WGS84 degrees -90..90`, `>= 0`, `> 0`."""
    if found := re.search(r"(-?\d+)\.\.(-?\d+)", rule):
        return {"min": float(found[1]), "max": float(found[2])}
    if found := re.match(r"(>=|>) (\d+)", rule):
        return {"min" if found[1] == ">=" else "min_exclusive": float(found[2])}
    return {}


@pytest.mark.parametrize("name", TABLES)
def test_bounds_are_those_of_the_dictionary(name):
    columns = all_tables()[name].columns
    for row in dictionary(name):
        found, wanted = bounds(columns[row["column"]]), bounds_of(row["rule"])
        if row["column"] == "assess_year":
            wanted = {"min": 2000, "max": 2100}
        elif row["type"] == "int":
            # No count is below 0, and a whole number above 0 is at least 1.
            wanted = {"min": wanted.pop("min_exclusive", -1) + 1, **wanted}
        if row["type"] in ("int", "float"):
            # No number is as long as a phone number.
            wanted.setdefault("max", MAX_VALUE)
            assert found == wanted, row["column"]


@pytest.mark.parametrize("name", TABLES)
def test_personal_columns_are_those_of_the_dictionary(name):
    personal = {row["column"] for row in dictionary(name) if "personal:" in row["rule"]}
    assert set(all_tables()[name].columns_with("personal")) == personal


@pytest.mark.parametrize("name", TABLES)
def test_keys_are_those_of_the_dictionary(name):
    key = set()
    for row in dictionary(name):
        # "primary key", "primary key with worker_id and since", "key with area_code, item, since: …"
        if found := re.search(r"\bkey\b(?: \(?with ([\w, ]+?)(?: where .*)?)?(?=[;:)]|$)", row["rule"]):
            key |= {row["column"], *(re.split(", | and ", found[1]) if found[1] else [])}
    assert set(all_tables()[name].key) == key


def test_events_say_how_far_the_data_reach():
    events = {
        name: list(table.columns_with("event")) for name, table in all_tables().items() if table.columns_with("event")
    }
    assert events == {
        "population": ["as_of"],
        "grids": ["set_up_on"],
        "estates": ["set_up_on"],
        "party_orgs": ["set_up_on"],
        "places": ["opened_on", "inspected_on"],
        "workers": ["as_of", "hire_date", "certified_on"],
        "grid_duties": ["since"],
        "career_events": ["on_date"],
        "training_sessions": ["started_on"],
        "activities": ["started_at"],
        "requests": ["raised_at", "published_at", "claimed_at", "discussed_at", "decided_at", "closed_at"],
        "points": ["on_date"],
        "partners": ["joined_on"],
        "partner_posts": ["since"],
        "shop_zones": ["set_up_on"],
        "partner_services": ["since"],
        "honours": ["awarded_on"],
    }


@pytest.mark.parametrize("name", TABLES)
def test_references_are_those_of_the_dictionary(name):
    table = all_tables()[name]
    references = {
        column: {f"{reference.table}.{reference.column}" for reference in references}
        for column, references in table.columns_with("references").items()
    }
    for row in dictionary(name):
        named = set(re.findall(r"\b((?!areas)[a-z]+_?[a-z]+\.[a-z]+_(?:id|code))\b", row["rule"]))
        assert named <= references.get(row["column"], set()), row["column"]
        # A code that is no key of its own table references another table, even if its rule doesn't say so.
        if row["column"].endswith(("_id", "_code")) and row["column"] not in OWN_CODES[name]:
            assert references[row["column"]]


OWN_CODES = {name: table.key[:1] if len(table.key) == 1 else () for name, table in all_tables().items()} | {
    "points": ("entry_id", "account_id"),
    "partner_posts": ("post_id", "holder_id"),
    "workers": ("worker_id",),
}


def test_a_table_loads_after_those_it_refers_to():
    order = [table.name for table in load_order()]
    assert sorted(order) == sorted(all_tables())
    assert len(order) == 23
    for table in load_order():
        for reference in itertools.chain(*table.columns_with("references").values()):
            assert order.index(reference.table) <= order.index(table.name)
            assert reference.column in all_tables()[reference.table].columns


def test_every_rule_has_a_reason_at_one_of_its_columns():
    for table in all_tables().values():
        for rule in table.schema._schema_validation_rules():
            if rule != "all_cells_readable":
                reason = table.reason(rule)
                named = {name for _, name, _, _ in Formatter().parse(reason.zh + reason.en) if name}
                assert {reason.column, *named} <= set(table.columns)


def test_spellings_of_a_choice():
    words = choice("岗位", "secretary 社区正职(书记/主任) | county_committee 县(市区)委").metadata["words"]
    assert {spelling for spelling, word in words.items() if word == "secretary"} == {
        "secretary",
        "社区正职(书记/主任)",
        "社区正职",
        "书记",
        "主任",
    }
    assert {spelling for spelling, word in words.items() if word == "county_committee"} == {
        "county_committee",
        "县(市区)委",
        "县",
        "县委",
        "市区",
    }
    assert normalise("社区正职（书记／主任）") in words


def test_spellings_of_a_topic():
    words = topic("服务类别", "elderly_care 养老 · other 其他").metadata["words"]
    assert words == {"elderly_care": "elderly_care", "养老": "elderly_care", "other": "other", "其他": "other"}


def test_two_values_with_one_spelling_are_an_error():
    with pytest.raises(ValueError, match="主任"):
        choice("岗位", "secretary 书记(主任) | director 主任")
