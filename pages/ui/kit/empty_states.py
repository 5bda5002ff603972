"""Draws empty states: the data that are missing here and the file that would provide them."""

from __future__ import annotations

import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.names import area_name
from pages.ui.i18n.texts import _
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
    st.info(
        _("{who}还没有报送{tables}。把{files}放进该地区的数据文件夹，再运行 python -m etl build。").format(
            who=texts.escape_markdown(area_name(scope.area)),
            tables=texts.join_words([texts.table(name) for name in missing]),
            files=texts.join_words([f"{texts.file_name(name)}.csv" for name in missing]),
        ),
        icon=":material/inbox:",
    )
    return False
