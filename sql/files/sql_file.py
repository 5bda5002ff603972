"""Reads the files in sql/: a header of `-- key: value` lines, then one plain SELECT."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sql import aliases
from sql.errors import SqlFileError
from sql.files import parse_cache

if TYPE_CHECKING:
    from sqlglot import exp

SQL_FOLDER = Path(__file__).parents[1]
# Queries that users save in the browser lie in data/queries/; their paths among the files of sql/ begin so.
SAVED_PREFIX = "queries/saved/"
_HEADER_LINE = re.compile(r"^--\s*([a-z_]+):\s*(.*?)\s*$")


class Text(NamedTuple):
    """Holds one text in Chinese and English."""

    zh: str
    en: str

    @classmethod
    def of(cls, both: str) -> Text:
        """Parses `中文 | English`; without the bar the text is used for both languages."""
        zh, bar, en = both.partition("|")
        return cls(zh.strip(), en.strip() if bar else zh.strip())


@dataclass(frozen=True)
class SqlFile:
    """Holds a file of sql/: its path, such as `metrics/staffing/staffing_ratio.sql`, its header and its whole text."""

    path: str
    header: dict[str, str]
    text: str

    @property
    def name(self) -> str:
        """Returns the stem of the path, which is the object's name everywhere."""
        return Path(self.path).stem

    @property
    def folder(self) -> str:
        """Returns the top folder: staging, intermediate, marts, metrics, queries, checks or alerts."""
        return self.path.split("/", 1)[0]

    @property
    def title(self) -> Text:
        return Text.of(self.header["title"])

    @property
    def location(self) -> str:
        """Returns the file's place in the project: in sql/, or in data/queries/ if a user saved it in the browser."""
        if self.path.startswith(SAVED_PREFIX):
            return f"data/queries/{self.path.removeprefix(SAVED_PREFIX)}"
        return f"sql/{self.path}"

    def error(self, problem: Text | str, line: int | None = None, column: int | None = None) -> SqlFileError:
        """Returns an error that names this file and, if known, the line and column in it.

        A plain string is a message of DuckDB or sqlglot, which both speak English only.
        """
        zh, en = (problem, problem) if isinstance(problem, str) else problem
        location = self.location
        if line is not None:
            location += f":{line}" + (f":{column}" if column is not None else "")
        return SqlFileError(
            f"{location}：{zh}；改正这个文件并保存即可", f"{location}: {en}; correct the file and save it"
        )


def read(path: str, text: str, required: tuple[str, ...] = ("title",)) -> SqlFile:
    """Parses a file's text into header and text. Raises SqlFileError if the header lacks a required key."""
    header: dict[str, str] = {}
    # Only a line feed ends a line here; `splitlines` would also split at other separators.
    for line in text.split("\n"):
        match = _HEADER_LINE.match(line)
        if not match:
            break
        header[match[1]] = match[2]
    file = SqlFile(path, header, text)
    require(file, required)
    return file


def require(file: SqlFile, keys: tuple[str, ...]) -> None:
    """Raises SqlFileError that names the missing keys if the file's header lacks any of these."""
    missing = [key for key in keys if key not in file.header]
    if missing:
        lines = ", ".join(f"'-- {key}: …'" for key in missing)
        raise file.error(Text(f"文件头缺少 {lines}", f"header lacks {lines}"), 1)


def without_header(text: str) -> str:
    """Returns the text from its first line of SQL. DuckDB reports wrong positions if a statement begins with a
    comment."""
    lines = text.split("\n")
    while lines and (lines[0].startswith("--") or not lines[0].strip()):
        lines.pop(0)
    return "\n".join(lines)


def with_current_schemas(text: str) -> str:
    """Returns the text with old schema names replaced by the current ones."""
    if not any(f"{old}." in text for old in aliases.SCHEMAS):
        return text
    from sqlglot import tokenize
    from sqlglot.errors import TokenError
    from sqlglot.tokens import TokenType

    try:
        tokens = tokenize(text, read="duckdb")
    except TokenError:
        # Whatever parses the statement later reports the error.
        return text
    for index in range(len(tokens) - 2, 0, -1):
        before, token, after = tokens[index - 1 : index + 2]
        is_schema = before.token_type != TokenType.DOT and after.token_type == TokenType.DOT
        if is_schema and token.token_type == TokenType.VAR and token.text in aliases.SCHEMAS:
            text = text[: token.start] + aliases.SCHEMAS[token.text] + text[token.end + 1 :]
    return text


@lru_cache(maxsize=2048)
def parse(file_path: str, text: str) -> exp.Query:
    """Parses the file's single SELECT into a sqlglot tree. Raises SqlFileError with line and column."""
    # Importing sqlglot takes a tenth of a second and is not needed if everything about the text is cached.
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    file = SqlFile(file_path, {}, text)
    try:
        statements = [tree for tree in sqlglot.parse(text, read="duckdb") if tree is not None]
    except SqlglotError as error:
        details = getattr(error, "errors", None) or [{}]
        problem = details[0].get("description") or str(error).splitlines()[0]
        raise file.error(problem, details[0].get("line"), details[0].get("col")) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise file.error(Text("应当只有一条 SELECT", "expected exactly one SELECT"))
    return statements[0]


def tables(tree: exp.Query) -> list[exp.Table]:
    """Returns the tables that a SELECT reads, without its own CTEs."""
    from sqlglot import exp

    own = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    return [table for table in tree.find_all(exp.Table) if table.db or table.name not in own]


@lru_cache(maxsize=2048)
def tables_of(file_path: str, text: str) -> frozenset[tuple[str, str]]:
    """Returns schema (empty if unqualified) and name of every table that the file's SELECT reads. Raises
    SqlFileError."""

    def compute() -> list[tuple[str, str]]:
        return sorted({(table.db, table.name) for table in tables(parse(file_path, text))})

    code = parse_cache.fingerprint(__file__)
    return frozenset((schema, name) for schema, name in parse_cache.get_or_compute(code, ("tables", text), compute))


@lru_cache(maxsize=2048)
def columns(file_path: str, text: str) -> frozenset[str]:
    """Returns the names of all columns that the file's SELECT refers to. Raises SqlFileError."""

    def compute() -> list[str]:
        from sqlglot import exp

        return sorted({column.name for column in parse(file_path, text).find_all(exp.Column)})

    return frozenset(parse_cache.get_or_compute(parse_cache.fingerprint(__file__), ("columns", text), compute))


@lru_cache(maxsize=2048)
def projections(file_path: str, text: str) -> tuple[str, ...]:
    """Returns the names of the columns that the file's SELECT returns, in order. Raises SqlFileError."""

    def compute() -> list[str]:
        return [projection.alias_or_name for projection in parse(file_path, text).expressions]

    return tuple(parse_cache.get_or_compute(parse_cache.fingerprint(__file__), ("projections", text), compute))
