"""Saves a statement from the SQL lab as a file in data/queries, which pages and `sql.query` can then run.

A file belongs to the area that its author may see. Both its header and its file name contain the area, so that names
from different areas neither collide nor reveal each other. A file without an area is for everybody.
"""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from pathlib import Path

from sql.errors import InputError
from sql.files import sql_file
from sql.files.sql_file import SqlFile, Text
from sql.semantic.catalog import catalog
from sql.semantic.compose import query_sql
from sql.semantic.scope import Scope, areas
from sql.sql_lab.execution import run_statement
from sql.sql_lab.tables import SCHEMAS
from sql.warehouse import Version

_FOLDER = "queries"
_NAME = re.compile("[a-z][a-z_]*")
_AREA_CODE = re.compile("[0-9]+")
# Control and format characters, surrogates, and separators of lines and paragraphs.
_INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
_CHINESE, _LATIN = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]")
# A CTE that restricts a mart to an area and a period only, as templates insert it; the saved file is restricted again
# wherever it runs. Any other restriction, such as to one month, is part of the statement.
_SHADOW = re.compile(
    r"\w+ as \(\n    select \*(?: replace \(date '[\d-]+' as period_start\))?\n    from main\.\w+"
    r"(?:\n    (?:where|    and) (?:month [<>]= date '[\d-]+'|(?:province|city|county|street|community) = '\d+'"
    r"|\w+ is not distinct from (?:'\d+'|null)))*\n\)(?P<more>,?)\s+"
)
_WITH = re.compile(r"with(\s+recursive\b)?\s+", re.IGNORECASE)


def build_file(
    statement: str, name: str, title: Text, grain: str, scope: Scope, user: str, root: Path = sql_file.SQL_FOLDER
) -> SqlFile:
    """Returns the statement as a file of data/queries, after composing it in the scope and running it for `user` within
    the limits of the SQL lab. The file belongs to the area that the scope's version is restricted to.

    Raises InputError if name, title, grain or statement is invalid or the query fails, SqlFileError if it cannot be
    parsed.
    """
    area = scope.version.area
    file_name = _file_name(name, area)
    if any(Path(path).stem == file_name for path in catalog.current_files(root) if path.startswith(f"{_FOLDER}/")):
        raise _name_taken(name)
    text = file_text(statement, title, grain, area)
    file = sql_file.read(f"{sql_file.SAVED_PREFIX}{file_name}.sql", text, catalog.REQUIRED_KEYS[_FOLDER])
    tree = sql_file.parse(file.path, text)
    if qualified := sorted({f"{table.db}.{table.name}" for table in sql_file.tables(tree) if table.db == SCHEMAS[0]}):
        raise InputError(
            f"{', '.join(qualified)} 会不随页面的区域和时期变化；请只写表名，如 {qualified[0].partition('.')[2]}",
            f"{', '.join(qualified)} would not follow a page's area and period; "
            f"write the table name alone, such as {qualified[0].partition('.')[2]}",
        )
    if not tree.args.get("order") and grain.strip() != "one row":
        raise InputError(
            "缺少 order by：存下的查询要有固定的顺序", "order by is missing: a saved query needs a fixed order"
        )
    run_statement(scope.version, query_sql(file, scope, {}).literal_sql, user)
    return file


def file_text(statement: str, title: Text, grain: str, area: str | None) -> str:
    """Returns the text of the file: a header with exactly these keys, then the statement from its first word.

    Raises InputError if title or grain is empty or not one line of plain text.
    """
    if not _CHINESE.search(title.zh) or not _LATIN.search(title.en) or not grain.strip():
        raise InputError(
            "请写中文标题、英文标题和每行是什么", "enter a Chinese title, an English title and what a row is"
        )
    characters = (character for text in (*title, grain) for character in text)
    if any(character == "|" or unicodedata.category(character) in _INVISIBLE for character in characters):
        raise InputError(
            "标题和每行是什么各写一行，不用 |，也不用看不见的控制字符；请重新键入",
            "titles and what a row is must be one line each, without | and invisible characters; enter them again",
        )
    header = {"title": f"{title.zh.strip()} | {title.en.strip()}", "grain": grain.strip()}
    if area is not None:
        header[catalog.AREA_KEY] = area
    lines = "".join(f"-- {key}: {value}\n" for key, value in header.items())
    # Reading a file in text mode converts carriage returns to line feeds too.
    statement = statement.replace("\r\n", "\n").replace("\r", "\n")
    return f"{lines}{_without_comments(strip_scope(statement))}\n"


def is_accessible(file: SqlFile, version: Version) -> bool:
    """Returns true if users of the version may use the file: it belongs to no area, or to one that they may see."""
    area = file.header.get(catalog.AREA_KEY)
    return area is None or area in areas(version)


def save(file: SqlFile, root: Path = sql_file.SQL_FOLDER) -> None:
    """Writes the file to data/queries/ atomically, without overwriting an existing one.

    Raises InputError if a file of that name exists by now, or if it cannot be written.
    """
    path = catalog.saved_folder(root) / f"{file.name}.sql"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
            complete = Path(folder) / "complete"
            complete.write_text(file.text, encoding="utf-8")
            os.link(complete, path)
    except FileExistsError as error:
        raise _name_taken(_entered_name(file)) from error
    except OSError as error:
        raise InputError(
            f"没有写入 {file.location}（{error.strerror}）；请检查权限和磁盘空间",
            f"{file.location} was not written ({error.strerror}); check its permissions and the disk space",
        ) from error
    catalog.clear_cache()


def strip_scope(statement: str) -> str:
    """Returns the statement without a header and without the CTEs that restrict a template to an area and a period."""
    text = sql_file.without_header(statement).strip().rstrip(";").rstrip()
    opening = _WITH.match(text)
    if opening is None:
        return text
    body = text[opening.end() :]
    while (shadow := _SHADOW.match(body)) is not None:
        body = body[shadow.end() :]
        if not shadow["more"]:
            return body
    return text if body == text[opening.end() :] else f"{opening[0].strip()}\n{body}"


def _without_comments(statement: str) -> str:
    """Returns the statement from its first word, because a leading comment line would become part of the header."""
    while (shorter := sql_file.without_header(statement.strip())) != statement:
        statement = shorter
    return statement


def _file_name(name: str, area: str | None) -> str:
    """Returns the file's name: the entered name, which has no digits, and the area's code. Raises InputError for an
    invalid name."""
    if not _NAME.fullmatch(name):
        raise InputError(
            f"名称 {name!r} 不能用；请只用小写字母和下划线，如 requests_by_source",
            f"the name {name!r} cannot be used; use only lower-case letters and underscores, as in requests_by_source",
        )
    if area is None:
        return name
    if not _AREA_CODE.fullmatch(area):
        raise InputError(
            f"区划代码 {area!r} 不是数字，不能存查询；请管理员改正 access.toml",
            f"the area {area!r} is not a numeric code, so nothing can be saved; have an administrator correct "
            "access.toml",
        )
    return f"{name}_{area}"


def _entered_name(file: SqlFile) -> str:
    """Returns the name that the user entered for a file."""
    return file.name.removesuffix(f"_{file.header.get(catalog.AREA_KEY)}")


def _name_taken(name: str) -> InputError:
    return InputError(
        f"已有名为 {name} 的查询；请换一个名称", f"a query named {name} already exists; choose another name"
    )
