"""What can be asked: the tables and their columns, each with its name for readers."""

from __future__ import annotations

import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit.tables import data_table
from pages.ui.sql_lab import column_names, editor
from sql.semantic.scope import Scope
from sql.sql_lab import tables

_KEY = "sql_lab_table"
# What is shown before anything is chosen.
_FIRST = "requests"


def browser(scope: Scope) -> None:
    """A table to choose, its columns beneath, and a click that begins a statement with it."""
    with st.container(border=True, gap="small", height="stretch", key="sql_lab_schema"):
        names = {
            _asked(*table): f"{_asked(*table)} · {texts.of(tables.title(*table))}"
            for table in tables.tables(scope.version)
        }
        st.markdown("## " + _("{count} 张表可查").format(count=len(names)))
        if not names:
            st.info(_("这个版本构建时，文件还没有写明哪些表可以查。请运行 python -m etl build，再刷新页面。"))
            return
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            chosen = st.selectbox(
                _("表"),
                list(names),
                index=list(names).index(_FIRST) if _FIRST in names else 0,
                format_func=texts.option_formatter(names),
                key=_KEY,
                label_visibility="collapsed",
                width="stretch",
            )
            st.button(
                _("看前 20 行"),
                key="sql_lab_first_rows",
                on_click=editor.set_statement,
                args=(f"select *\nfrom {chosen}\nlimit 20",),
                help=_("写进语句框，再点运行"),
                width="content",
            )
        schema, table = chosen.split(".") if "." in chosen else (tables.SCHEMAS[0], chosen)
        rows = tables.columns(scope.version).filter(schema=schema, table=table).select("column", "type")
        rows.insert_column(
            1, rows["column"].map_elements(column_names.column, return_dtype=rows.schema["column"]).alias("name")
        )
        data_table.draw(
            rows,
            {"column": _("列"), "name": _("含义"), "type": _("数据类型")},
            f"sql_lab_columns_{chosen}",
            names[chosen],
            height=330,
        )


def _asked(schema: str, table: str) -> str:
    """A table as a statement names it: the marts without a schema, so that they can be narrowed once the query is
    kept."""
    return table if schema == tables.SCHEMAS[0] else f"{schema}.{table}"
