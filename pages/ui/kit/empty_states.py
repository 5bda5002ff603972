"""Draws empty states: the data that are missing here, and what to do: to an administrator the file and the command, to
others what to ask for and of whom."""

from __future__ import annotations

import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.names import area_name
from pages.ui.i18n.texts import _
from pages.ui.shell import current_user
from sql.semantic.metrics import reporting_areas
from sql.semantic.scope import Scope


def missing_tables(scope: Scope, *tables: str) -> list[str]:
    """Returns those of the tables that no district in the scope has sent."""
    return [name for name in tables if scope.area_code not in reporting_areas(scope.version, name)]


def has_tables(scope: Scope, *tables: str) -> bool:
    """Returns whether some district in the scope has sent all these tables; if not, draws which files are missing."""
    missing = missing_tables(scope, *tables)
    if not missing:
        return True
    draw(
        _("{who}还没有报送{tables}。").format(
            who=texts.escape_markdown(area_name(scope.area)),
            tables=texts.join_words([texts.table(name) for name in missing]),
        ),
        *missing,
    )
    return False


def draw(what_is_missing: str, *tables: str) -> None:
    """Draws what is missing and the files of the tables that would provide it."""
    files = texts.join_words([f"{texts.file_name(name)}.csv" for name in tables])
    st.info(message(what_is_missing, files), icon=":material/inbox:")


def message(what_is_missing: str, what_to_send: str) -> str:
    """Returns what the district has not sent and what the user can do about it."""
    text = (
        _("{fact}把{what}放进该地区的数据文件夹，再运行 python -m etl build。")
        if current_user.is_administrator()
        else _("{fact}请该地区报送{what}，由管理员装入。")
    )
    return text.format(fact=what_is_missing, what=what_to_send)
