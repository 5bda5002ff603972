"""Follows personal columns through the SELECTs of one model, by their names: a name that is personal in one place of a
file is taken to be personal everywhere in it, so what is given on under any name is noticed, and sometimes too much."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlglot import exp

from etl.contracts.people import PersonalColumns
from sql.semantic.files.sql_file import SqlFile, parse

PersonalByTable = Mapping[tuple[str, str], PersonalColumns]
# What gives a number of rows or a yes or no of what stands in it, and nothing of its value.
_GIVES_NO_VALUE = (exp.Count, exp.CountIf, exp.ApproxDistinct, exp.RowNumber, exp.Predicate, exp.Connector, exp.Not)


def first_violation(
    file: SqlFile, read: PersonalByTable, columns: Collection[str], is_of_groups: bool
) -> list[str] | None:
    """Returns what about a file that gives these columns makes it tell of single people, as the kind and what it is
    about; None where nothing does."""
    tree = parse(file.path, file.text)
    if construct := _unknown_naming(tree):
        return ["naming", construct]
    personal = _reading(tree, {name for (_, name), of in read.items() if of})
    for select in tree.find_all(exp.Select):
        if row := _whole_row(select, personal):
            return ["row", row]
    attributes = set() if is_of_groups else {column for of in read.values() for column in of.attributes}
    # A star gives columns on under their own names.
    if mentions := sorted((_mentions(tree) | set(columns)) & attributes):
        return ["attribute", mentions[0]]
    key_names = _key_names(tree, {column for of in read.values() for column in of.keys})
    if keys := sorted(key_names & set(columns)) or _nameless_keys(tree, key_names):
        return ["key", keys[0]]
    of_people = {name for (_, name), of in read.items() if of.is_of_people}
    return ["rows", ""] if _gives_rows_of_people(tree, of_people, key_names) else None


def staging_columns(file: SqlFile) -> list[list[str]]:
    """Returns each column that a staging view gives, with the raw column that it is."""
    return [
        [projection.alias_or_name, column.name]
        for projection in parse(file.path, file.text).expressions
        for column in projection.find_all(exp.Column)
    ]


def _unknown_naming(tree: exp.Query) -> str | None:
    """Names a construct that gives columns other names than a SELECT does; None where there is none."""
    for alias in tree.find_all(exp.TableAlias):
        if alias.columns:
            return alias.name
    for star in tree.find_all(exp.Star):
        if star.args.get("rename"):
            return "rename"
    return next((node.key for node in tree.find_all(exp.Pivot, exp.Columns)), None)


def _reading(tree: exp.Query, tables: set[str]) -> set[str]:
    """Returns the tables, and the names of the CTEs that read one of them or each other."""
    readers, before = set(tables), -1
    while before != len(readers):
        before = len(readers)
        for cte in tree.find_all(exp.CTE):
            if readers & {table.name for table in cte.this.find_all(exp.Table)}:
                readers.add(cte.alias)
    return readers


def _mentions(tree: exp.Query) -> set[str]:
    """Returns the names of all columns that stand anywhere in a file."""
    joined = {name.name for join in tree.find_all(exp.Join) for name in join.args.get("using") or ()}
    return joined | {column.name for column in tree.find_all(exp.Column)}


def _whole_row(select: exp.Select, personal: set[str]) -> str | None:
    """Returns the name of a personal source that stands in the place of a column, where it means the whole row."""
    sources = {
        source.alias_or_name
        for source in _sources(select)
        if personal & {table.name for table in source.find_all(exp.Table)}
    }
    columns = (column.name for one in select.expressions for column in one.find_all(exp.Column) if not column.table)
    return next((name for name in columns if name in sources), None)


def _key_names(tree: exp.Query, keys: set[str]) -> set[str]:
    """Returns the names under which the values of keys are given on somewhere in the file, their own among them."""
    key_names, before = set(keys), -1
    while before != len(key_names):
        before = len(key_names)
        key_names |= {one.alias for one in tree.find_all(exp.Alias) if _columns_given_on(one) & key_names}
        for union in tree.find_all(exp.SetOperation):
            # What stands in one place of the parts is one column, called as in the first.
            first, *others = _parts(union)
            for other in others:
                key_names |= {
                    one.alias_or_name
                    for one, same in zip(first.expressions, other.expressions, strict=False)
                    if _columns_given_on(same) & key_names
                }
    return key_names


def _nameless_keys(tree: exp.Query, key_names: set[str]) -> list[str]:
    """Returns what gives keys on under no name of its own, as `max(worker_id)` alone does."""
    return [
        one.sql(dialect="duckdb")
        for select in tree.find_all(exp.Select)
        for one in select.expressions
        if not isinstance(one, (exp.Alias, exp.Column, exp.Star)) and _columns_given_on(one) & key_names
    ]


def _columns_given_on(node: exp.Expr) -> set[str]:
    """Returns the names of columns whose values an expression gives on, whatever it makes of them."""
    if isinstance(node, exp.Column):
        return {node.name}
    if isinstance(node, _GIVES_NO_VALUE):
        return set()
    if isinstance(node, exp.Case):
        parts = [*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")]
    elif isinstance(node, exp.If):
        parts = [node.args["true"], node.args.get("false")]
    elif isinstance(node, (exp.Window, exp.Filter)):
        parts = [node.this]
    else:
        parts = list(node.iter_expressions())
    return {name for part in parts if part is not None for name in _columns_given_on(part)}


def _gives_rows_of_people(query: exp.Expr, of_people: set[str], key_names: set[str]) -> bool:
    """Tells whether a query gives a row for each row of a table of people, as it does until they are added up by what
    is not one person's."""
    if isinstance(query, (exp.Subquery, exp.Lateral)):
        return _gives_rows_of_people(query.this, of_people, key_names)
    with_ = query.args.get("with_")
    for cte in with_.expressions if with_ else ():
        if _gives_rows_of_people(cte.this, of_people, key_names):
            of_people = of_people | {cte.alias}
    if isinstance(query, exp.SetOperation):
        return any(_gives_rows_of_people(part, of_people, key_names) for part in _parts(query))
    if not isinstance(query, exp.Select) or not any(
        source.name in of_people
        if isinstance(source, exp.Table)
        else _gives_rows_of_people(source, of_people, key_names)
        for source in _sources(query)
    ):
        return False
    if group := query.args.get("group"):
        # What is grouped by its place, or by all that is no sum, is what the SELECT gives.
        names_columns = not group.args.get("all") and not list(group.find_all(exp.Literal))
        by = [group] if names_columns else [one for one in query.expressions if not _adds_up(one)]
        return any(_columns_given_on(one) & key_names for one in by)
    if query.args.get("distinct"):
        return any(_columns_given_on(one) & key_names for one in query.expressions)
    return not any(_adds_up(one) for one in query.expressions)


def _adds_up(projection: exp.Expr) -> bool:
    """Tells whether an expression is a sum over the rows of its own SELECT, and not of a window or a SELECT inside."""
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
    return [one.this for one in [*([from_] if from_ else []), *select.args.get("joins", ())]]
