"""Looks at a statement as DuckDB's own parser read it, before it is run: it may do what is named here and nothing else.

What is looked at and what is run go through the same parser in the same process, so that the one cannot be taken for
the other.
"""

import json
import re
import unicodedata

import duckdb
from functions import FUNCTIONS, TABLE_FUNCTIONS, VALUE_NAMES

# A node of the tree is a SELECT, a place it reads from, a modifier of it, or an expression. In the tree of a statement
# that writes, there are nodes of other kinds.
_SELECTS = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
_KINDS = _SELECTS | {
    "EMPTY",
    "BASE_TABLE",
    "SUBQUERY",
    "JOIN",
    "TABLE_FUNCTION",
    "EXPRESSION_LIST",
    "PIVOT",
    "ORDER_MODIFIER",
    "LIMIT_MODIFIER",
    "LIMIT_PERCENT_MODIFIER",
    "DISTINCT_MODIFIER",
    "ORDER_DEFAULT",
    "ASCENDING",
    "DESCENDING",
}
_EXPRESSIONS = frozenset(
    {
        "BETWEEN",
        "CASE",
        "CAST",
        "COLLATE",
        "COLUMN_REF",
        "COMPARISON",
        "CONJUNCTION",
        "CONSTANT",
        "FUNCTION",
        "LAMBDA",
        "LAMBDA_REF",
        "OPERATOR",
        "POSITIONAL_REFERENCE",
        "STAR",
        "SUBQUERY",
        "TYPE",
        "WINDOW",
    }
)
_OPERATOR = re.compile(r"[^\w\s]+")
_NAME = re.compile(r"\w+")
_CAPITALS = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}
# DuckDB's own views: no CTE is called like one of them.
_SYSTEM = re.compile("(duckdb|pg|pragma|sqlite)_")


class RefusalError(Exception):
    """A statement that is not run: `why` is what kind of thing is wrong with it, `what` names the thing."""

    def __init__(self, why: str, what: str = "") -> None:
        super().__init__(why, what)
        self.why, self.what = why, what


def check(connection: duckdb.DuckDBPyConnection, text: str, tables: frozenset[tuple[str, str]]) -> str:
    """The text's one SELECT, without what stands around it, where it reads only these tables, each its schema and name,
    and calls only functions that may be called. Raises RefusalError where not."""
    if "\0" in text:
        # Where a text ends there is not for everybody the same.
        raise RefusalError("select")
    try:
        told = json.loads(connection.execute("select json_serialize_sql($text)", {"text": text}).fetchall()[0][0])
        if told["error"] and told["error_type"] == "not implemented":
            raise RefusalError("select")
        # Read again where it cannot be read, for the place; nothing is run.
        parsed = connection.extract_statements(text)
        if told["error"]:
            raise RefusalError("duckdb", told["error_message"])
        if len(told["statements"]) != 1:
            raise RefusalError("select")
        _walk(told["statements"][0], tables, frozenset())
        return parsed[0].query
    except RecursionError:
        raise RefusalError("deep") from None


def _walk(node: object, tables: frozenset[tuple[str, str]], own: frozenset[str]) -> None:
    """Looks at a part of the tree; `own` are the names of the CTEs that can be seen there."""
    if isinstance(node, list):
        for each in node:
            _walk(each, tables, own)
    elif isinstance(node, dict):
        _kind(node)
        if "function_name" in node:
            _function(node, is_table=False)
        if node.get("type") == "TABLE_FUNCTION":
            # What it is given may be anything, itself it is one of few.
            _function(node["function"], is_table=True)
            for part in node["function"].values():
                _walk(part, tables, own)
            node = {**node, "function": None}
        if node.get("type") == "BASE_TABLE":
            _table(node, tables, own)
        if node.get("class") == "COLUMN_REF":
            _column(node)
        if "cte_map" in node:
            own = _ctes(node["cte_map"]["map"], tables, own)
            node = {**node, "cte_map": None}
        for name, part in node.items():
            # What repeats sees itself, what it begins with does not.
            repeats = node.get("type") == "RECURSIVE_CTE_NODE" and name == "right"
            _walk(part, tables, own | {_folded(node["cte_name"])} if repeats else own)


def _folded(name: str) -> str:
    """A name as DuckDB compares it: of A to Z without regard to case, of every other letter exactly.

    Python's own `lower` makes a k of the Kelvin sign, which to DuckDB is another name.
    """
    return name.translate(_CAPITALS)


def _is_one_name(name: str) -> bool:
    """Whether a name reads as itself alone, whoever compares it: of letters beyond ASCII only those without case or
    other forms, as Chinese ones are."""
    beyond = "".join(letter for letter in name if not letter.isascii())
    return bool(_NAME.fullmatch(name)) and {beyond.lower(), beyond.upper(), _plain(beyond)} == {beyond}


def _plain(name: str) -> str:
    """A name with every letter in its plainest form."""
    return unicodedata.normalize("NFKC", name).casefold()


def _ctes(entries: list[dict], tables: frozenset[tuple[str, str]], own: frozenset[str]) -> frozenset[str]:
    """Looks at each CTE with the names before it, and gives those that can be seen after all of them."""
    for entry in entries:
        if not _is_one_name(entry["key"]) or _SYSTEM.match(_folded(entry["key"])):
            raise RefusalError("table", entry["key"])
        _walk(entry["value"], tables, own)
        own = own | {_folded(entry["key"])}
    return own


def _kind(node: dict) -> None:
    if "class" in node:
        if node["class"] not in _EXPRESSIONS:
            raise RefusalError("construct", node["class"].lower())
    elif isinstance(node.get("type"), str) and node["type"] not in _KINDS:
        raise RefusalError("construct", node["type"].lower())


def _function(node: dict, is_table: bool) -> None:
    name, path = (
        _folded(node["function_name"]),
        [_folded(step) for step in (node.get("qualified_name") or {}).get("path", ())],
    )
    allowed = TABLE_FUNCTIONS if is_table else FUNCTIONS
    for step in {name, *path[-1:]}:
        if step not in allowed and not (not is_table and _OPERATOR.fullmatch(step)):
            raise RefusalError("function", name)


def _table(node: dict, tables: frozenset[tuple[str, str]], own: frozenset[str]) -> None:
    path = [_folded(step) for step in node["qualified_name"]["path"]]
    named = [node["catalog_name"], node["schema_name"], node["table_name"]]
    if path != [_folded(step) for step in named if step] or node["at_clause"]:
        raise RefusalError("table", ".".join(path))
    is_own = len(path) == 1 and path[0] in own
    if not is_own and (len(path) > 2 or ("main", *path)[-2:] not in tables):
        raise RefusalError("table", ".".join(path))


def _column(node: dict) -> None:
    # What is not to be read is looked for under every form that a letter may be taken for.
    if len(node["column_names"]) == 1 and _plain(node["column_names"][0]) in VALUE_NAMES:
        raise RefusalError("function", node["column_names"][0])
