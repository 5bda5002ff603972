"""Draws the SQL lab page, for questions that no other page answers."""

import streamlit as st

from pages.ui.headlines import sql_lab as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import panels
from pages.ui.shell import audit_trail, current_user, page_scope
from pages.ui.sql_lab import answer, editor
from pages.ui.sql_lab import schema as sql_lab_schema

scope = page_scope.current()

if not current_user.may("ask_sql"):
    audit_trail.record_refusal("sql_lab")
    st.title(_("自由查询只向分析人员开放。"), anchor=False)
    st.info(_("请管理员在 access.toml 里给您加上 analyst。"))
    st.stop()

head = st.container()
box, schema = st.columns([11, 9])
with box:
    editor.draw(scope)
with schema:
    sql_lab_schema.browser(scope)
last = editor.outcome()
with head:
    panels.draw_headline(headlines.headline(scope, last.result if last else None))
answer.draw(scope, last)
