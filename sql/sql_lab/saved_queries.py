"""Keeps a statement of the workbench as a file of sql/queries, which pages and `sql.query` can ask from then on.

A file belongs to the area that its author may see: its header names the area, and so does its own name, so that names
of different areas neither meet nor tell of each other. Without an area it is everybody's.
"""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from pathlib import Path

from sql.errors import InputError
from sql.semantic.compose import query_sql
from sql.semantic.files import catalog, sql_file
from sql.semantic.files.sql_file import SqlFile, Text
from sql.semantic.scope import Scope, areas
from sql.sql_lab.execution import run_statement
from sql.sql_lab.tables import SCHEMAS
from sql.warehouse import Version

_FOLDER = "queries"
_NAME = re.compile("[a-z][a-z_]*")
_AREA_CODE = re.compile("[0-9]+")
# Control and format characters, and what ends a line or a paragraph.
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_CHINESE, _LATIN = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]")
# A mart narrowed to an area and a period and to nothing else, as a template brings it into the box; the file is
# narrowed anew wherever it is asked. What is narrowed otherwise, as to one month, is the statement's own.
_SHADOW = re.compile(
    r"\w+ as \(\n    select \*(?: replace \(date '[\d-]+' as period_start\))?\n    from main\.\w+"
    r"(?:\n    (?:where|    and) (?:month [<>]= date '[\d-]+'|(?:province|city|county|street|community) = '\d+'"
    r"|\w+ is not distinct from (?:'\d+'|null)))*\n\)(?P<more>,?)\s+"
)
_WITH = re.compile(r"with(\s+recursive\b)?\s+", re.IGNORECASE)


def build_file(
    statement: str, name: str, title: Text, grain: str, scope: Scope, who: str, root: Path = sql_file.SQL_FOLDER
) -> SqlFile:
    """Returns the file of sql/queries that the statement would be kept as: it composes in the scope and runs within the
    limits of the workbench. `who` is the person who asks; the file is of the area that they may see.

    Raises AskError where name, title, grain or statement cannot be used or the query does not run, SqlFileError where
    it cannot be read.
    """
    area = scope.version.area
    own = _own_name(name, area)
    if any(Path(path).stem == own for path in catalog.current_files(root) if path.startswith(f"{_FOLDER}/")):
        raise _taken(name)
    text = file_text(statement, title, grain, area)
    written = sql_file.read(f"{_FOLDER}/{own}.sql", text, catalog.REQUIRED_KEYS[_FOLDER])
    tree = sql_file.parse(written.path, text)
    if whole := sorted({f"{table.db}.{table.name}" for table in sql_file.tables(tree) if table.db == SCHEMAS[0]}):
        raise InputError(
            f"{', '.join(whole)} 会不随页面的区域和时期变化；请只写表名，如 {whole[0].partition('.')[2]}",
            f"{', '.join(whole)} would not go by a page's area and period; "
            f"write the table alone, as {whole[0].partition('.')[2]}",
        )
    if not tree.args.get("order") and grain.strip() != "one row":
        raise InputError(
            "缺少 order by：存下的查询要有固定的顺序", "order by is missing: a query that is kept has an order"
        )
    run_statement(scope.version, query_sql(written, scope, {}).literal_sql, who)
    return written


def file_text(statement: str, title: Text, grain: str, area: str | None) -> str:
    """Returns the text of the file: a header of these lines and no others, then the statement from its first word on.

    Raises AskError where title or grain are empty or hold what is no plain text of one line.
    """
    if not _CHINESE.search(title.zh) or not _LATIN.search(title.en) or not grain.strip():
        raise InputError(
            "请写中文标题、英文标题和每行是什么", "write a Chinese title, an English title and what a row is"
        )
    if any(mark == "|" or unicodedata.category(mark) in _UNSEEN for text in (*title, grain) for mark in text):
        raise InputError(
            "标题和每行是什么各写一行，不用 |，也不用看不见的控制字符；请重新键入",
            "titles and what a row is stand on one line each, without | and unseen control characters; type them anew",
        )
    header = {"title": f"{title.zh.strip()} | {title.en.strip()}", "grain": grain.strip()}
    if area is not None:
        header[catalog.AREA_KEY] = area
    lines = "".join(f"-- {key}: {value}\n" for key, value in header.items())
    # As a file is read: there every carriage return ends a line.
    statement = statement.replace("\r\n", "\n").replace("\r", "\n")
    return f"{lines}{_without_comments(strip_scope(statement))}\n"


def is_accessible(file: SqlFile, version: Version) -> bool:
    """Tells whether a file is for who may see the version: everybody's, or of an area of theirs."""
    area = file.header.get(catalog.AREA_KEY)
    return area is None or area in areas(version)


def save(written: SqlFile, root: Path = sql_file.SQL_FOLDER) -> None:
    """Has sql/ hold the file, in one step, and only where there is none of that name.

    Raises AskError where there is one by now, and where it cannot be written.
    """
    path = root / written.path
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as aside:
            whole = Path(aside) / "whole"
            whole.write_text(written.text, encoding="utf-8")
            os.link(whole, path)
    except FileExistsError as error:
        raise _taken(_typed(written)) from error
    except OSError as error:
        raise InputError(
            f"没有写入 sql/{written.path}（{error.strerror}）；请检查权限和磁盘空间",
            f"sql/{written.path} was not written ({error.strerror}); look at its permissions and the room on the disk",
        ) from error
    catalog.clear_cache()


def strip_scope(statement: str) -> str:
    """The statement without a header, and without the CTEs by which a template was narrowed to an area and a period."""
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
    """The statement from its first word on: a line of comment before it would be a line of the header."""
    while (shorter := sql_file.without_header(statement.strip())) != statement:
        statement = shorter
    return statement


def _own_name(name: str, area: str | None) -> str:
    """What the file is called: the name that was typed, which holds no digit, and the code of the area. Raises AskError
    for a name that cannot be used."""
    if not _NAME.fullmatch(name):
        raise InputError(
            f"名称 {name!r} 不能用；请只用小写字母和下划线，如 requests_by_source",
            f"the name {name!r} cannot be used; write small letters and underscores alone, as requests_by_source",
        )
    if area is None:
        return name
    if not _AREA_CODE.fullmatch(area):
        raise InputError(
            f"区划代码 {area!r} 不是数字，不能存查询；请管理员改正 access.toml",
            f"the area {area!r} is no code of digits, so nothing can be saved; have access.toml corrected",
        )
    return f"{name}_{area}"


def _typed(written: SqlFile) -> str:
    """The name that was typed for a file."""
    return written.name.removesuffix(f"_{written.header.get(catalog.AREA_KEY)}")


def _taken(name: str) -> InputError:
    return InputError(
        f"sql/queries 里已有 {name}；请换一个名称", f"there is a {name} in sql/queries already; take another name"
    )
