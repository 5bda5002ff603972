"""Traces a file of sql/ to its source tables, column by column, down to what districts send.

A column depends on what its expression reads and on what decides which rows there are: FROM, inner joins, conditions.
A left join only adds columns, so it counts only where one of its columns is needed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sql.errors import SqlFileError
from sql.files.sql_file import SQL_FOLDER, SqlFile, parse, tables_of
from sql.semantic.catalog import catalog

if TYPE_CHECKING:
    from sqlglot import exp

# Names of columns; None: all of them.
Columns = frozenset[str] | None


def mart(file: SqlFile) -> str | None:
    """Returns the mart named in a metric's FROM clause; None if the file cannot be parsed."""
    try:
        return next((name for schema, name in tables_of(file.path, file.text) if not schema), None)
    except SqlFileError:
        return None


def sources(file: SqlFile, root: Path = SQL_FOLDER) -> list[str]:
    """Returns the names of the raw tables that the file's columns depend on, sorted. A model that is missing in the
    folder `root` or cannot be parsed contributes none."""
    trace = _Trace(catalog.current_files(root))
    trace.follow_file(file.path, file.text, None, frozenset({file.header.get("month", "month")}))
    return sorted(trace.raw_tables)


@dataclass
class _Trace:
    """Collects the raw tables below a file; `visited` holds the models followed, each with the columns needed."""

    files: dict[str, SqlFile | SqlFileError]
    raw_tables: set[str] = field(default_factory=set)
    visited: set[tuple[str, Columns]] = field(default_factory=set)

    def follow_file(self, path: str, text: str, columns: Columns, also: frozenset[str] = frozenset()) -> None:
        """Follows the columns of a file. `also` are columns of its tables that it does not name, such as a metric's
        month."""
        if (path, columns) in self.visited:
            return
        self.visited.add((path, columns))
        try:
            tree = parse(path, text)
        except SqlFileError:
            return
        self._follow_query(tree, columns, {}, also)

    def _follow_query(self, query: exp.Expr, columns: Columns, ctes: dict[str, exp.Expr], also: frozenset[str]) -> None:
        from sqlglot import exp

        ctes = ctes | {cte.alias: cte.this for cte in query.find_all(exp.CTE) if cte.find_ancestor(exp.Query) is query}
        if isinstance(query, exp.SetOperation):
            # The sides' columns match by position.
            names = query.left.named_selects
            wanted = (
                None if columns is None or "*" in names else [names.index(name) for name in names if name in columns]
            )
            for side in (query.left, query.right):
                side_names = side.named_selects
                side_columns = None if wanted is None else frozenset(side_names[index] for index in wanted)
                self._follow_query(side, side_columns, ctes, also)
        elif isinstance(query, exp.Subquery):
            self._follow_query(query.this, columns, ctes, also)
        elif isinstance(query, exp.Select):
            self._follow_select(query, columns, ctes, also)

    def _follow_select(
        self, select: exp.Select, columns: Columns, ctes: dict[str, exp.Expr], also: frozenset[str]
    ) -> None:
        from sqlglot import exp

        is_star = select.is_star
        projections = [
            each
            for each in select.expressions
            if columns is None or each.alias_or_name in columns or each.alias_or_name == "*"
        ]
        conditions = [select.args[name] for name in ("where", "having", "qualify") if select.args.get(name)]
        needed = _columns_in([*projections, *conditions])
        if is_star:
            needed |= {("", name) for name in columns} if columns is not None else {("", "*")}
        needed |= {("", name) for name in also}
        joins = select.args.get("joins") or []
        inputs = [select.args["from_"].this] if select.args.get("from_") else []
        outer = []
        for join in joins:
            if join.side == "LEFT":
                outer.append(join)
            else:
                inputs.append(join.this)
                needed |= _columns_in([join])
        # A left join may give the key of the next, so they are looked at from the last to the first.
        for join in reversed(outer):
            if any(table == join.this.alias_or_name for table, _ in needed) or (is_star and columns is None):
                inputs.append(join.this)
                needed |= _columns_in([join])
        for table in inputs:
            names = {name for qualifier, name in needed if qualifier in ("", table.alias_or_name)}
            self._follow_input(table, None if "*" in names else frozenset(names), ctes)
        for part in [*projections, *conditions]:
            for nested in part.find_all(exp.Query):
                self._follow_query(nested, None, ctes, frozenset())

    def _follow_input(self, table: exp.Expr, columns: Columns, ctes: dict[str, exp.Expr]) -> None:
        from sqlglot import exp

        if not isinstance(table, exp.Table):
            self._follow_query(table, columns, ctes, frozenset())
        elif not table.db and table.name in ctes:
            others = {name: query for name, query in ctes.items() if name != table.name}
            self._follow_query(ctes[table.name], columns, others, frozenset())
        elif table.db == "raw":
            self.raw_tables.add(table.name)
        else:
            path = f"{table.db or 'marts'}/{table.name}.sql"
            model = self.files.get(path)
            if isinstance(model, SqlFile):
                self.follow_file(path, model.text, columns)


def _columns_in(parts: list[exp.Expr]) -> set[tuple[str, str]]:
    """Returns the qualifier and name of every column that the expressions read."""
    from sqlglot import exp

    return {(column.table, column.name) for part in parts for column in part.find_all(exp.Column)}
