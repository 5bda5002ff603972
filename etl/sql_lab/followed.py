"""Follows personal columns through the SELECTs of one model, by their names: a name that is personal in one place of a
file is taken to be personal everywhere in it, so what is passed on under any name is found, and sometimes too much."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlglot import exp

from etl.contracts.people import Personal
from sql.files import SqlFile, parse

Read = Mapping[tuple[str, str], Personal]
# What gives a number of rows or a yes or no of what stands in it, and nothing of its value.
_GIVES_NOTHING_ON = (exp.Count, exp.CountIf, exp.ApproxDistinct, exp.RowNumber, exp.Predicate, exp.Connector, exp.Not)


def first_wrong(file: SqlFile, read: Read, columns: Collection[str], is_of_groups: bool) -> list[str] | None:
    """Returns what about a file that gives these columns makes it tell of single people, as the kind and what it is
    about; None where nothing does."""
    tree = parse(file.path, file.text)
    if strange := _not_followed(tree):
        return ["alias", strange]
    personal = _reading(tree, {name for (_, name), of in read.items() if of})
    for select in tree.find_all(exp.Select):
        if whole := _whole_row(select, personal):
            return ["row", whole]
    hidden = set() if is_of_groups else {column for of in read.values() for column in of.hidden}
    # A star gives columns on under their own names.
    if named := sorted((_named(tree) | set(columns)) & hidden):
        return ["hidden", named[0]]
    passed_on = _passed_on(tree, {column for of in read.values() for column in of.compared})
    if carried := sorted(passed_on & set(columns)) or _without_a_name(tree, passed_on):
        return ["carried", carried[0]]
    of_people = {name for (_, name), of in read.items() if of.is_of_people}
    return ["rows", ""] if _gives_rows_of_people(tree, of_people, passed_on) else None


def renamed(file: SqlFile) -> list[list[str]]:
    """Returns each column that a staging view gives, with the raw column that it is."""
    return [
        [projection.alias_or_name, column.name]
        for projection in parse(file.path, file.text).expressions
        for column in projection.find_all(exp.Column)
    ]


def _not_followed(tree: exp.Query) -> str | None:
    """What gives columns names that a SELECT does not give them; None where nothing does."""
    for alias in tree.find_all(exp.TableAlias):
        if alias.columns:
            return alias.name
    for star in tree.find_all(exp.Star):
        if star.args.get("rename"):
            return "rename"
    return next((found.key for found in tree.find_all(exp.Pivot, exp.Columns)), None)


def _reading(tree: exp.Query, tables: set[str]) -> set[str]:
    """The tables, and the names of the CTEs that read one of them or each other."""
    found, before = set(tables), -1
    while before != len(found):
        before = len(found)
        for cte in tree.find_all(exp.CTE):
            if found & {table.name for table in cte.this.find_all(exp.Table)}:
                found.add(cte.alias)
    return found


def _named(tree: exp.Query) -> set[str]:
    """The names of all columns that stand anywhere in a file."""
    joined = {name.name for join in tree.find_all(exp.Join) for name in join.args.get("using") or ()}
    return joined | {column.name for column in tree.find_all(exp.Column)}


def _whole_row(select: exp.Select, personal: set[str]) -> str | None:
    """The name of a personal table that stands in the place of a column, where it means its whole row."""
    sources = {table.alias_or_name: table.name for table in _sources(select) if isinstance(table, exp.Table)}
    named = (column.name for one in select.expressions for column in one.find_all(exp.Column) if not column.table)
    return next((name for name in named if sources.get(name) in personal), None)


def _passed_on(tree: exp.Query, compared: set[str]) -> set[str]:
    """The names under which compared columns are passed on somewhere in the file, their own among them."""
    passed_on, before = set(compared), -1
    while before != len(passed_on):
        before = len(passed_on)
        passed_on |= {one.alias for one in tree.find_all(exp.Alias) if _carried(one) & passed_on}
        for union in tree.find_all(exp.SetOperation):
            # What stands in one place of the parts is one column, called as in the first.
            first, *others = _parts(union)
            for other in others:
                passed_on |= {
                    one.alias_or_name
                    for one, same in zip(first.expressions, other.expressions, strict=False)
                    if _carried(same) & passed_on
                }
    return passed_on


def _without_a_name(tree: exp.Query, passed_on: set[str]) -> list[str]:
    """What gives compared columns on under no name of its own, as `max(worker_id)` alone does."""
    return [
        one.sql(dialect="duckdb")
        for select in tree.find_all(exp.Select)
        for one in select.expressions
        if not isinstance(one, (exp.Alias, exp.Column, exp.Star)) and _carried(one) & passed_on
    ]


def _carried(node: exp.Expr) -> set[str]:
    """The names of columns whose values an expression gives on, whatever it makes of them."""
    if isinstance(node, exp.Column):
        return {node.name}
    if isinstance(node, _GIVES_NOTHING_ON):
        return set()
    if isinstance(node, exp.Case):
        parts = [*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")]
    elif isinstance(node, exp.If):
        parts = [node.args["true"], node.args.get("false")]
    elif isinstance(node, (exp.Window, exp.Filter)):
        parts = [node.this]
    else:
        parts = list(node.iter_expressions())
    return {name for part in parts if part is not None for name in _carried(part)}


def _gives_rows_of_people(query: exp.Expr, of_people: set[str], passed_on: set[str]) -> bool:
    """Whether a query gives a row for each row of a table of people, as it does until they are added up by what is not
    one person's."""
    if isinstance(query, exp.Subquery):
        return _gives_rows_of_people(query.this, of_people, passed_on)
    with_ = query.args.get("with_")
    for cte in with_.expressions if with_ else ():
        if _gives_rows_of_people(cte.this, of_people, passed_on):
            of_people = of_people | {cte.alias}
    if isinstance(query, exp.SetOperation):
        return any(_gives_rows_of_people(part, of_people, passed_on) for part in _parts(query))
    if not isinstance(query, exp.Select) or not any(
        source.name in of_people
        if isinstance(source, exp.Table)
        else _gives_rows_of_people(source, of_people, passed_on)
        for source in _sources(query)
    ):
        return False
    if group := query.args.get("group"):
        # What is grouped by its place, or by all that is no sum, is what the SELECT gives.
        is_named = not group.args.get("all") and not list(group.find_all(exp.Literal))
        by = [group] if is_named else [one for one in query.expressions if not _adds_up(one)]
        return any(_carried(one) & passed_on for one in by)
    if query.args.get("distinct"):
        return any(_carried(one) & passed_on for one in query.expressions)
    return not any(_adds_up(one) for one in query.expressions)


def _adds_up(projection: exp.Expr) -> bool:
    return any(not isinstance(found.parent, exp.Window) for found in projection.find_all(exp.AggFunc))


def _parts(query: exp.Expr) -> list[exp.Select]:
    if isinstance(query, exp.SetOperation):
        return [*_parts(query.left), *_parts(query.right)]
    if isinstance(query, exp.Subquery):
        return _parts(query.this)
    return [query] if isinstance(query, exp.Select) else []


def _sources(select: exp.Select) -> list[exp.Expr]:
    """The tables and queries that a SELECT reads from."""
    from_ = select.args.get("from_")
    return [one.this for one in [*([from_] if from_ else []), *select.args.get("joins", ())]]
