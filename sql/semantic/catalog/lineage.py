"""Traces a file of sql/ to its source tables, following FROM clauses down to what districts send."""

from __future__ import annotations

from sql.errors import SqlFileError
from sql.files.sql_file import SqlFile, tables_of
from sql.semantic.catalog import catalog


def mart(file: SqlFile) -> str | None:
    """Returns the mart named in a metric's FROM clause; None if the file cannot be parsed."""
    return next((name for folder, name in _reads(file.path, file.text) if folder == "marts"), None)


def sources(file: SqlFile) -> list[str]:
    """Returns the names of the raw tables that the file depends on, sorted. A model that is missing or cannot be
    parsed contributes none."""
    raw_tables: set[str] = set()
    visited, pending = set(), [(file.path, file.text)]
    while pending:
        path, text = pending.pop()
        for folder, name in _reads(path, text):
            if folder == "raw":
                raw_tables.add(name)
                continue
            model_path = f"{folder}/{name}.sql"
            model = catalog.current_files().get(model_path)
            if model_path not in visited and isinstance(model, SqlFile):
                visited.add(model_path)
                pending.append((model_path, model.text))
    return sorted(raw_tables)


def _reads(path: str, text: str) -> list[tuple[str, str]]:
    """Returns the tables that one file reads, each with its folder; a table without a schema is a mart."""
    try:
        return [(schema or "marts", name) for schema, name in tables_of(path, text)]
    except SqlFileError:
        return []
