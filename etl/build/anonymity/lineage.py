"""Follows personal columns through the SELECTs of one model by their names.

A name that is personal anywhere in a file counts as personal everywhere in it. So no column is missed under another
name, at the price of an occasional false alarm.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlglot import exp

from etl.contracts.people import PersonalColumns
from sql.files.sql_file import SqlFile, parse

PersonalByTable = Mapping[tuple[str, str], PersonalColumns]
# Expressions that return a number of rows or a boolean, and so reveal no value of their operands.
_HIDES_VALUE = (exp.Count, exp.CountIf, exp.ApproxDistinct, exp.RowNumber, exp.Predicate, exp.Connector, exp.Not)


def first_violation(
    file: SqlFile, read: PersonalByTable, columns: Collection[str], is_of_groups: bool
) -> list[str] | None:
    """Returns the first reason why a model with these columns reveals single people, as its kind and subject; None
    where there is none."""
    tree = parse(file.path, file.text)
    if construct := _unknown_naming(tree):
        return ["naming", construct]
    personal = _readers(tree, {name for (_, name), personal_columns in read.items() if personal_columns})
    for select in tree.find_all(exp.Select):
        if row := _whole_row(select, personal):
            return ["row", row]
    attributes = set() if is_of_groups else {column for table in read.values() for column in table.attributes}
    # A star returns columns under their own names without mentioning them.
    if mentions := sorted((_mentioned_columns(tree) | set(columns)) & attributes):
        return ["attribute", mentions[0]]
    key_names = _key_names(tree, {column for table in read.values() for column in table.keys})
    if keys := sorted(key_names & set(columns)) or _unnamed_keys(tree, key_names):
        return ["key", keys[0]]
    of_people = {name for (_, name), personal_columns in read.items() if personal_columns.is_of_people}
    return ["rows", ""] if _returns_rows_of_people(tree, of_people, key_names) else None


def staging_columns(file: SqlFile) -> list[list[str]]:
    """Returns the columns of a staging view, each with the raw column that it renames."""
    return [
        [projection.alias_or_name, column.name]
        for projection in parse(file.path, file.text).expressions
        for column in projection.find_all(exp.Column)
    ]


def _unknown_naming(tree: exp.Query) -> str | None:
    """Returns a construct that names columns outside a SELECT list; None where there is none."""
    for alias in tree.find_all(exp.TableAlias):
        if alias.columns:
            return alias.name
    for star in tree.find_all(exp.Star):
        if star.args.get("rename"):
            return "rename"
    return next((node.key for node in tree.find_all(exp.Pivot, exp.Columns)), None)


def _readers(tree: exp.Query, tables: set[str]) -> set[str]:
    """Returns the tables, and the names of the CTEs that read them directly or through other CTEs."""
    readers, previous_count = set(tables), -1
    while previous_count != len(readers):
        previous_count = len(readers)
        for cte in tree.find_all(exp.CTE):
            if readers & {table.name for table in cte.this.find_all(exp.Table)}:
                readers.add(cte.alias)
    return readers


def _mentioned_columns(tree: exp.Query) -> set[str]:
    """Returns the names of all columns that a file mentions anywhere."""
    joined = {name.name for join in tree.find_all(exp.Join) for name in join.args.get("using") or ()}
    return joined | {column.name for column in tree.find_all(exp.Column)}


def _whole_row(select: exp.Select, personal: set[str]) -> str | None:
    """Returns the name of a personal source that is used as a column, where it means the whole row."""
    sources = {
        source.alias_or_name
        for source in _sources(select)
        if personal & {table.name for table in source.find_all(exp.Table)}
    }
    columns = (
        column.name
        for projection in select.expressions
        for column in projection.find_all(exp.Column)
        if not column.table
    )
    return next((name for name in columns if name in sources), None)


def _key_names(tree: exp.Query, keys: set[str]) -> set[str]:
    """Returns the names under which the file exposes the values of keys anywhere, their own names included."""
    key_names, previous_count = set(keys), -1
    while previous_count != len(key_names):
        previous_count = len(key_names)
        key_names |= {alias.alias for alias in tree.find_all(exp.Alias) if _exposed_columns(alias) & key_names}
        for union in tree.find_all(exp.SetOperation):
            # The parts of a union match by position; the first part names the columns.
            first, *others = _parts(union)
            for other in others:
                key_names |= {
                    projection.alias_or_name
                    for projection, counterpart in zip(first.expressions, other.expressions, strict=False)
                    if _exposed_columns(counterpart) & key_names
                }
    return key_names


def _unnamed_keys(tree: exp.Query, key_names: set[str]) -> list[str]:
    """Returns the expressions that expose keys without an alias, such as `max(worker_id)`."""
    return [
        projection.sql(dialect="duckdb")
        for select in tree.find_all(exp.Select)
        for projection in select.expressions
        if not isinstance(projection, (exp.Alias, exp.Column, exp.Star)) and _exposed_columns(projection) & key_names
    ]


def _exposed_columns(node: exp.Expr) -> set[str]:
    """Returns the names of the columns whose values an expression exposes, in whatever form."""
    if isinstance(node, exp.Column):
        return {node.name}
    if isinstance(node, _HIDES_VALUE):
        return set()
    if isinstance(node, exp.Case):
        parts = [*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")]
    elif isinstance(node, exp.If):
        parts = [node.args["true"], node.args.get("false")]
    elif isinstance(node, (exp.Window, exp.Filter)):
        parts = [node.this]
    else:
        parts = list(node.iter_expressions())
    return {name for part in parts if part is not None for name in _exposed_columns(part)}


def _returns_rows_of_people(query: exp.Expr, of_people: set[str], key_names: set[str]) -> bool:
    """Returns true where a query returns a row for each row of a table of people.

    It does unless it aggregates them by something that does not identify a person.
    """
    if isinstance(query, (exp.Subquery, exp.Lateral)):
        return _returns_rows_of_people(query.this, of_people, key_names)
    with_ = query.args.get("with_")
    for cte in with_.expressions if with_ else ():
        if _returns_rows_of_people(cte.this, of_people, key_names):
            of_people = of_people | {cte.alias}
    if isinstance(query, exp.SetOperation):
        return any(_returns_rows_of_people(part, of_people, key_names) for part in _parts(query))
    if not isinstance(query, exp.Select) or not any(
        source.name in of_people
        if isinstance(source, exp.Table)
        else _returns_rows_of_people(source, of_people, key_names)
        for source in _sources(query)
    ):
        return False
    if group := query.args.get("group"):
        # GROUP BY ALL and GROUP BY 1 group by expressions of the SELECT list.
        names_columns = not group.args.get("all") and not list(group.find_all(exp.Literal))
        groups = [group] if names_columns else [part for part in query.expressions if not _is_aggregate(part)]
        return any(_exposed_columns(part) & key_names for part in groups)
    if query.args.get("distinct"):
        return any(_exposed_columns(part) & key_names for part in query.expressions)
    return not any(_is_aggregate(part) for part in query.expressions)


def _is_aggregate(projection: exp.Expr) -> bool:
    """Returns true where an expression aggregates the rows of its own SELECT, not of a window or a nested SELECT."""
    select = projection.find_ancestor(exp.Select)
    return any(node.find_ancestor(exp.Window, exp.Select) is select for node in projection.find_all(exp.AggFunc))


def _parts(query: exp.Expr) -> list[exp.Select]:
    if isinstance(query, exp.SetOperation):
        return [*_parts(query.left), *_parts(query.right)]
    if isinstance(query, exp.Subquery):
        return _parts(query.this)
    return [query] if isinstance(query, exp.Select) else []


def _sources(select: exp.Select) -> list[exp.Expr]:
    """Returns the tables and queries that a SELECT reads from."""
    from_ = select.args.get("from_")
    return [clause.this for clause in [*([from_] if from_ else []), *select.args.get("joins", ())]]
