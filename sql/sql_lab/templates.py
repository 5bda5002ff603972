"""Statements to begin with: every metric, and every query that needs no value of its own, as the SQL that gives what is
shown."""

from __future__ import annotations

from dataclasses import dataclass

from sql.errors import SqlFileError
from sql.semantic.files import catalog
from sql.semantic.files.sql_file import SqlFile, Text, tables_of
from sql.semantic.metrics import metric
from sql.semantic.queries import compose_query
from sql.semantic.scope import Scope
from sql.sql_lab import saved_queries, tables
from sql.warehouse import Version

_FOLDERS = ("queries", "metrics")


@dataclass(frozen=True)
class Template:
    """A file of sql/queries or sql/metrics that a statement can begin with: its folder, name and title."""

    folder: str
    name: str
    title: Text

    def statement(self, scope: Scope) -> str:
        """The SQL that gives its rows in the scope, a metric by the areas below. Raises SqlFileError where the file is
        broken."""
        if self.folder == "queries":
            return compose_query(self.name, scope)[1].literal_sql
        by = (scope.child_level,) if scope.child_level else ()
        return metric(self.name, scope.version).sql(scope, by).literal_sql


def templates(version: Version) -> list[Template]:
    """Returns what there is to begin with of the tables that can be asked, queries before metrics, each by name;
    without the queries that belong to an area which who asks may not see."""
    known = set(tables.tables(version))

    def can_be_asked(file: SqlFile) -> bool:
        try:
            return {(schema or tables.SCHEMAS[0], name) for schema, name in tables_of(file.path, file.text)} <= known
        except SqlFileError:
            return False

    found = [
        Template(file.folder, file.name, file.title)
        for file in catalog.current_files().values()
        if isinstance(file, SqlFile)
        and file.folder in _FOLDERS
        and not file.header.get("params")
        and saved_queries.is_accessible(file, version)
        and can_be_asked(file)
    ]
    return sorted(found, key=lambda one: (_FOLDERS.index(one.folder), one.name))
