"""What does nobody else ask?"""

import streamlit as st

from pages.ui import lab_answer, lab_box, lab_schema, panels, recorded, scope, visitor
from pages.ui.findings import lab as finding
from pages.ui.texts import _

at = scope.current()

if not visitor.may("ask_sql"):
    recorded.refused("lab")
    st.title(_("自由查询只向分析人员开放。"), anchor=False)
    st.info(_("请管理员在 access.toml 里给您加上 analyst。"))
    st.stop()

head = st.container()
box, schema = st.columns([11, 9])
with box:
    lab_box.draw(at)
with schema:
    lab_schema.browser(at)
last = lab_box.outcome()
with head:
    panels.sentence(finding.sentence(at, last))
lab_answer.draw(at, last)
