"""Offers statements to start from: the SQL of every metric, and of every query without parameters."""

from __future__ import annotations

from dataclasses import dataclass

from sql.errors import SqlFileError
from sql.files.sql_file import SqlFile, Text, tables_of
from sql.semantic.catalog import catalog
from sql.semantic.metrics import metric
from sql.semantic.queries import compose_query
from sql.semantic.scope import Scope
from sql.sql_lab import saved_queries, tables
from sql.warehouse import Version

_FOLDERS = ("queries", "metrics")


@dataclass(frozen=True)
class Template:
    """Describes a file of sql/queries or sql/metrics that a statement can start from: its folder, name and title."""

    folder: str
    name: str
    title: Text

    def statement(self, scope: Scope) -> str:
        """Returns the SQL of the file's rows in the scope; for a metric, by the areas one step below. Raises
        SqlFileError if the file is broken."""
        if self.folder == "queries":
            return compose_query(self.name, scope)[1].literal_sql
        by = (scope.child_level,) if scope.child_level else ()
        return metric(self.name, scope.version).sql(scope, by).literal_sql


def templates(version: Version) -> list[Template]:
    """Returns the templates that read only tables available in the SQL lab, queries before metrics, each by name.

    Excludes queries that belong to an area that the version's users may not see.
    """
    available = set(tables.tables(version))

    def can_be_queried(file: SqlFile) -> bool:
        try:
            used = {(schema or tables.SCHEMAS[0], name) for schema, name in tables_of(file.path, file.text)}
        except SqlFileError:
            return False
        return used <= available

    result = [
        Template(file.folder, file.name, file.title)
        for file in catalog.current_files().values()
        if isinstance(file, SqlFile)
        and file.folder in _FOLDERS
        and not file.header.get("params")
        and saved_queries.is_accessible(file, version)
        and can_be_queried(file)
    ]
    return sorted(result, key=lambda template: (_FOLDERS.index(template.folder), template.name))
