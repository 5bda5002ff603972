"""Checks a statement, as parsed by DuckDB itself, against allowlists before it is run.

The same parser in the same process reads the statement for the check and for the run, so the two cannot differ.
"""

import json
import re
import unicodedata

import duckdb
from functions import FUNCTIONS, TABLE_FUNCTIONS, VALUE_NAMES

# A node of the tree is a SELECT, a source that it reads, a modifier, or an expression. Statements that write have nodes
# of other kinds.
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
# DuckDB's own views: no CTE may have such a name.
_SYSTEM = re.compile("(duckdb|pg|pragma|sqlite)_")


class RefusalError(Exception):
    """Reports a statement that is not run: `why` is the kind of problem, `what` names the part concerned."""

    def __init__(self, why: str, what: str = "") -> None:
        super().__init__(why, what)
        self.why, self.what = why, what


def check(connection: duckdb.DuckDBPyConnection, text: str, tables: frozenset[tuple[str, str]]) -> str:
    """Returns the text's single SELECT, without surrounding comments and semicolons.

    Raises RefusalError unless the SELECT reads only these tables, each a schema and a name, and calls only allowed
    functions.
    """
    if "\0" in text:
        # Parsers disagree on whether a text ends at a null character.
        raise RefusalError("select")
    try:
        tree = json.loads(connection.execute("select json_serialize_sql($text)", {"text": text}).fetchall()[0][0])
        if tree["error"] and tree["error_type"] == "not implemented":
            raise RefusalError("select")
        # Parses without running. For a syntax error this raises a message with the position.
        parsed = connection.extract_statements(text)
        if tree["error"]:
            raise RefusalError("duckdb", tree["error_message"])
        if len(tree["statements"]) != 1:
            raise RefusalError("select")
        _walk(tree["statements"][0], tables, frozenset())
        return parsed[0].query
    except RecursionError:
        raise RefusalError("deep") from None


def _walk(node: object, tables: frozenset[tuple[str, str]], ctes: frozenset[str]) -> None:
    """Checks a part of the tree; `ctes` are the names of the CTEs visible there."""
    if isinstance(node, list):
        for child in node:
            _walk(child, tables, ctes)
    elif isinstance(node, dict):
        _check_kind(node)
        if "function_name" in node:
            _check_function(node, is_table=False)
        if node.get("type") == "TABLE_FUNCTION":
            # Only few table functions are allowed; their arguments may be any allowed expression.
            _check_function(node["function"], is_table=True)
            for part in node["function"].values():
                _walk(part, tables, ctes)
            node = {**node, "function": None}
        if node.get("type") == "BASE_TABLE":
            _check_table(node, tables, ctes)
        if node.get("class") == "COLUMN_REF":
            _check_column(node)
        if "cte_map" in node:
            ctes = _check_ctes(node["cte_map"]["map"], tables, ctes)
            node = {**node, "cte_map": None}
        for name, part in node.items():
            # Only the recursive part of a recursive CTE sees the CTE itself, not the initial part.
            is_recursive = node.get("type") == "RECURSIVE_CTE_NODE" and name == "right"
            _walk(part, tables, ctes | {_fold(node["cte_name"])} if is_recursive else ctes)


def _fold(name: str) -> str:
    """Returns a name as DuckDB compares it: A to Z case-insensitively, all other letters exactly.

    Python's `lower` turns the Kelvin sign into a k, but DuckDB treats them as different names.
    """
    return name.translate(_CAPITALS)


def _is_unambiguous(name: str) -> bool:
    """Returns true if every comparison distinguishes the name from all others: its non-ASCII letters have no case and
    no other forms, like Chinese ones."""
    beyond = "".join(letter for letter in name if not letter.isascii())
    return bool(_NAME.fullmatch(name)) and {beyond.lower(), beyond.upper(), _plain(beyond)} == {beyond}


def _plain(name: str) -> str:
    """Returns a name with every letter normalised (NFKC) and case-folded."""
    return unicodedata.normalize("NFKC", name).casefold()


def _check_ctes(entries: list[dict], tables: frozenset[tuple[str, str]], ctes: frozenset[str]) -> frozenset[str]:
    """Checks each CTE with the names of those before it, and returns the names visible after all of them."""
    for entry in entries:
        if not _is_unambiguous(entry["key"]) or _SYSTEM.match(_fold(entry["key"])):
            raise RefusalError("table", entry["key"])
        _walk(entry["value"], tables, ctes)
        ctes = ctes | {_fold(entry["key"])}
    return ctes


def _check_kind(node: dict) -> None:
    if "class" in node:
        if node["class"] not in _EXPRESSIONS:
            raise RefusalError("construct", node["class"].lower())
    elif isinstance(node.get("type"), str) and node["type"] not in _KINDS:
        raise RefusalError("construct", node["type"].lower())


def _check_function(node: dict, is_table: bool) -> None:
    name, path = (
        _fold(node["function_name"]),
        [_fold(step) for step in (node.get("qualified_name") or {}).get("path", ())],
    )
    allowed = TABLE_FUNCTIONS if is_table else FUNCTIONS
    for step in {name, *path[-1:]}:
        if step not in allowed and not (not is_table and _OPERATOR.fullmatch(step)):
            raise RefusalError("function", name)


def _check_table(node: dict, tables: frozenset[tuple[str, str]], ctes: frozenset[str]) -> None:
    path = [_fold(step) for step in node["qualified_name"]["path"]]
    names = [node["catalog_name"], node["schema_name"], node["table_name"]]
    if path != [_fold(step) for step in names if step] or node["at_clause"]:
        raise RefusalError("table", ".".join(path))
    is_cte = len(path) == 1 and path[0] in ctes
    if not is_cte and (len(path) > 2 or ("main", *path)[-2:] not in tables):
        raise RefusalError("table", ".".join(path))


def _check_column(node: dict) -> None:
    # The forbidden names are recognised in every form that a letter may have.
    if len(node["column_names"]) == 1 and _plain(node["column_names"][0]) in VALUE_NAMES:
        raise RefusalError("function", node["column_names"][0])
