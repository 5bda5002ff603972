"""Which source tables a file of sql/ stands on: its FROM clauses followed down to what districts send."""

from __future__ import annotations

from sql.errors import SqlFileError
from sql.semantic.files import catalog
from sql.semantic.files.sql_file import SqlFile, tables_of


def mart(file: SqlFile) -> str | None:
    """The mart that a metric adds up, as its FROM names it; None where the file cannot be read."""
    return next((name for folder, name in _reads(file.path, file.text) if folder == "marts"), None)


def sources(file: SqlFile) -> list[str]:
    """The names of the raw tables beneath the file, ordered; a model that is not there or cannot be read leads to
    none."""
    found: set[str] = set()
    reached, waiting = set(), [(file.path, file.text)]
    while waiting:
        path, text = waiting.pop()
        for folder, name in _reads(path, text):
            if folder == "raw":
                found.add(name)
                continue
            below = f"{folder}/{name}.sql"
            model = catalog.current_files().get(below)
            if below not in reached and isinstance(model, SqlFile):
                reached.add(below)
                waiting.append((below, model.text))
    return sorted(found)


def _reads(path: str, text: str) -> list[tuple[str, str]]:
    """The tables that one file reads, each with its folder; one named without a schema is a mart."""
    try:
        return [(schema or "marts", name) for schema, name in tables_of(path, text)]
    except SqlFileError:
        return []
