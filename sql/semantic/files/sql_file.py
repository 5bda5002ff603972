"""Reads the files in sql/: a header of `-- key: value` lines, then one plain SELECT."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sql import aliases
from sql.errors import SqlFileError
from sql.semantic.files import parse_cache

if TYPE_CHECKING:
    from sqlglot import exp

SQL_FOLDER = Path(__file__).parents[2]
_HEADER_LINE = re.compile(r"^--\s*([a-z_]+):\s*(.*?)\s*$")


class Text(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str

    @classmethod
    def of(cls, both: str) -> Text:
        """From `中文 | English`; without the bar the one text serves both languages."""
        zh, bar, en = both.partition("|")
        return cls(zh.strip(), en.strip() if bar else zh.strip())


@dataclass(frozen=True)
class SqlFile:
    """A file of sql/: `path` as `metrics/staffing/staffing_ratio.sql`, its header and its whole text."""

    path: str
    header: dict[str, str]
    text: str

    @property
    def name(self) -> str:
        """The stem: what the file's object is called everywhere."""
        return Path(self.path).stem

    @property
    def folder(self) -> str:
        """The first folder: staging, intermediate, marts, metrics, queries, checks or alerts."""
        return self.path.split("/", 1)[0]

    @property
    def title(self) -> Text:
        return Text.of(self.header["title"])

    def error(self, words: str, line: int | None = None, column: int | None = None) -> SqlFileError:
        """An error that names this file, and the place in it where that is known."""
        place = f"sql/{self.path}"
        if line is not None:
            place += f":{line}" + (f":{column}" if column is not None else "")
        return SqlFileError(
            f"{place}：{words}；改正这个文件并保存即可", f"{place}: {words}; correct the file and save it"
        )


def read(path: str, text: str, required: tuple[str, ...] = ("title",)) -> SqlFile:
    """The file's header and text. Raises SqlFileError where a required key of the header is missing."""
    header: dict[str, str] = {}
    # A line of a file ends with a line feed alone, whatever else ends one to Python.
    for line in text.split("\n"):
        match = _HEADER_LINE.match(line)
        if not match:
            break
        header[match[1]] = match[2]
    file = SqlFile(path, header, text)
    require(file, required)
    return file


def require(file: SqlFile, keys: tuple[str, ...]) -> None:
    """Raises SqlFileError where the file's header lacks one of the keys, naming those that it lacks."""
    missing = [key for key in keys if key not in file.header]
    if missing:
        lines = ", ".join(f"'-- {key}: …'" for key in missing)
        raise file.error(f"header lacks / 文件头缺少 {lines}", 1)


def without_header(text: str) -> str:
    """The text from its first line of SQL on. DuckDB tells wrong places in a statement that begins with a comment."""
    lines = text.split("\n")
    while lines and (lines[0].startswith("--") or not lines[0].strip()):
        lines.pop(0)
    return "\n".join(lines)


def with_current_schemas(text: str) -> str:
    """Returns the text with the names that schemas have today, where it was written with their old ones."""
    if not any(f"{old}." in text for old in aliases.SCHEMAS):
        return text
    from sqlglot import tokenize
    from sqlglot.errors import TokenError
    from sqlglot.tokens import TokenType

    try:
        tokens = tokenize(text, read="duckdb")
    except TokenError:
        # Whoever reads the statement says where it is wrong.
        return text
    for index in range(len(tokens) - 2, 0, -1):
        before, token, after = tokens[index - 1 : index + 2]
        is_schema = before.token_type != TokenType.DOT and after.token_type == TokenType.DOT
        if is_schema and token.token_type == TokenType.VAR and token.text in aliases.SCHEMAS:
            text = text[: token.start] + aliases.SCHEMAS[token.text] + text[token.end + 1 :]
    return text


@lru_cache(maxsize=2048)
def parse(file_path: str, text: str) -> exp.Query:
    """The file's one SELECT as a sqlglot tree. Raises SqlFileError with line and column."""
    # Where all that is asked of a text is in the cache, sqlglot's import (a tenth of a second) is not needed.
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    file = SqlFile(file_path, {}, text)
    try:
        statements = [tree for tree in sqlglot.parse(text, read="duckdb") if tree is not None]
    except SqlglotError as error:
        found = getattr(error, "errors", None) or [{}]
        words = found[0].get("description") or str(error).splitlines()[0]
        raise file.error(words, found[0].get("line"), found[0].get("col")) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise file.error("one SELECT is expected / 应当只有一条 SELECT")
    return statements[0]


def tables(tree: exp.Query) -> list[exp.Table]:
    """The tables a SELECT reads, without the names of its own CTEs."""
    from sqlglot import exp

    own = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    return [table for table in tree.find_all(exp.Table) if table.db or table.name not in own]


@lru_cache(maxsize=2048)
def tables_of(file_path: str, text: str) -> frozenset[tuple[str, str]]:
    """The schema, empty where none is named, and the name of every table that the file's SELECT reads. Raises
    SqlFileError."""

    def named() -> list[tuple[str, str]]:
        return sorted({(table.db, table.name) for table in tables(parse(file_path, text))})

    code = parse_cache.fingerprint(__file__)
    return frozenset((schema, name) for schema, name in parse_cache.get_or_compute(code, ("tables", text), named))


@lru_cache(maxsize=2048)
def columns(file_path: str, text: str) -> frozenset[str]:
    """The names of all columns that the file's SELECT names. Raises SqlFileError."""

    def named() -> list[str]:
        from sqlglot import exp

        return sorted({column.name for column in parse(file_path, text).find_all(exp.Column)})

    return frozenset(parse_cache.get_or_compute(parse_cache.fingerprint(__file__), ("columns", text), named))


@lru_cache(maxsize=2048)
def projections(file_path: str, text: str) -> tuple[str, ...]:
    """The names of the columns that the file's SELECT gives, in its order. Raises SqlFileError."""

    def named() -> list[str]:
        return [projection.alias_or_name for projection in parse(file_path, text).expressions]

    return tuple(parse_cache.get_or_compute(parse_cache.fingerprint(__file__), ("projections", text), named))
