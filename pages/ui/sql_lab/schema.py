"""Draws what can be queried: the tables and their columns, each with its name for readers."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit.tables import data_table
from pages.ui.shell import current_user
from pages.ui.sql_lab import column_names, editor
from sql.semantic.scope import Scope
from sql.sql_lab import tables

_KEY = "sql_lab_table"
# Table selected at first.
_DEFAULT_TABLE = "requests"


def browser(scope: Scope) -> None:
    """Draws a choice of tables, the columns of the selected one, and a button that starts a statement with it."""
    with st.container(border=True, gap="small", height="stretch", key="sql_lab_schema"):
        names = {
            _qualified_name(*table): f"{_qualified_name(*table)} · {texts.of(tables.title(*table))}"
            for table in tables.tables(scope.version)
        }
        st.markdown("## " + _("{count} 张表可查").format(count=len(names)))
        if not names:
            st.info(
                _("这个版本构建时，文件还没有写明哪些表可以查。请运行 python -m etl build，再刷新页面。")
                if current_user.is_administrator()
                else _("这个版本构建时，文件还没有写明哪些表可以查。请管理员重新构建。")
            )
            return
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            selected = st.selectbox(
                _("表"),
                list(names),
                index=list(names).index(_DEFAULT_TABLE) if _DEFAULT_TABLE in names else 0,
                format_func=texts.option_formatter(names),
                key=_KEY,
                label_visibility="collapsed",
                width="stretch",
            )
            st.button(
                _("看前 20 行"),
                key="sql_lab_first_rows",
                on_click=editor.set_statement,
                args=(f"select *\nfrom {selected}\nlimit 20",),
                help=_("写进语句框，再点运行"),
                width="content",
            )
        schema, table = selected.split(".") if "." in selected else (tables.SCHEMAS[0], selected)
        rows = tables.columns(scope.version).filter(schema=schema, table=table).select("column", "type")
        column_titles = [column_names.column(name, scope.version) for name in rows["column"]]
        rows.insert_column(1, pl.Series("name", column_titles, dtype=pl.String))
        data_table.draw(
            rows,
            {"column": _("列"), "name": _("含义"), "type": _("数据类型")},
            f"sql_lab_columns_{selected}",
            names[selected],
            height=330,
        )


def _qualified_name(schema: str, table: str) -> str:
    """Returns a table's name for a statement: marts without a schema, so that a saved query can be restricted to a
    scope."""
    return table if schema == tables.SCHEMAS[0] else f"{schema}.{table}"
