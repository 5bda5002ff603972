"""The box that a statement is written in, what it may begin with, and its run."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.shell import audit_trail, current_user, selection
from sql import sql_lab
from sql.errors import LinliError
from sql.semantic.scope import Scope
from sql.sql_lab import Answer, StatementError
from sql.sql_lab.limits import DEFAULT_LIMITS
from sql.sql_lab.templates import Template, templates

# What stands in the box; a copy of it, as a box that is not drawn forgets; and what was answered last.
_BOX, _KEPT, _OUTCOME, _TEMPLATE = "sql_lab_statement", "sql_lab_kept", "sql_lab_outcome", "sql_lab_template"
_FIRST = """\
select
    paths.area_name,
    count(*) as requests,
    round(100.0 * sum(requests.resolved) / count(*), 1) as resolved_percent,
from requests
inner join intermediate.area_paths as paths
    on requests.county = paths.area_code
group by paths.area_name
order by requests desc"""


@dataclass(frozen=True)
class Outcome:
    """What came of the statement that was run last, for whom and of which version: an answer, or what went wrong."""

    name: str
    area: str | None
    version: str
    result: Answer | LinliError


def outcome() -> Outcome | None:
    """What came of the last statement; None where there was none, or where who asked is another or sees another area
    now."""
    found = st.session_state.get(_OUTCOME)
    return found if found and (found.name, found.area) == (current_user.name(), current_user.area()) else None


def set_statement(statement: str) -> None:
    """Has a statement stand in the box; to be called from a widget's callback."""
    st.session_state[_BOX] = statement


def draw(scope: Scope) -> None:
    """The box with its templates; where it is sent off, runs the statement and keeps what comes of it."""
    st.session_state.setdefault(_BOX, st.session_state.get(_KEPT, _FIRST))
    with st.container(border=True, gap="small", height="stretch", key="sql_lab_box"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("## " + _("一条 SELECT"), width="content")
            _templates(scope)
        with st.form("sql_lab_form", border=False):
            statement = st.text_area(
                _("语句"), key=_BOX, height=302, label_visibility="collapsed", max_chars=sql_lab.MAX_LENGTH
            )
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                is_sent = st.form_submit_button(
                    _("运行"), type="primary", icon=":material/play_arrow:", key="sql_lab_run"
                )
                st.caption(
                    _("只读；最多 {rows} 行、{seconds} 秒").format(
                        rows=f"{DEFAULT_LIMITS.rows:,}", seconds=DEFAULT_LIMITS.seconds
                    )
                )
        st.session_state[_KEPT] = statement
        if is_sent:
            _run(statement, scope)


def _templates(scope: Scope) -> None:
    offered = {f"{one.folder}/{one.name}": one for one in templates(scope.version)}

    def begin() -> None:
        # A browser may send what is not offered.
        if template := offered.get(selection.value(_TEMPLATE) or ""):
            set_statement(template.statement(scope))

    st.selectbox(
        _("从模板开始"),
        list(offered),
        index=None,
        key=_TEMPLATE,
        on_change=begin,
        format_func=lambda key: _title(offered[key]),
        placeholder=_("从查询或指标开始（按页头的区域和时期）"),
        label_visibility="collapsed",
        width="stretch",
    )


def _title(one: Template) -> str:
    kind = _("查询") if one.folder == "queries" else _("指标")
    return f"{kind} · {texts.of(one.title)} · {one.name}"


def _run(statement: str, scope: Scope) -> None:
    """Asks the version that who looks may see, and records that they did; where that cannot be recorded, nothing is
    shown."""
    slot = st.empty()

    def told(before: int) -> None:
        if before:
            slot.info(
                _("前面还有 {count} 条查询，轮到后自动运行。").format(count=before), icon=":material/hourglass_top:"
            )
        else:
            slot.caption(_("正在运行…"))

    def keep(result: Answer | LinliError) -> None:
        st.session_state[_OUTCOME] = Outcome(current_user.name(), current_user.area(), scope.version.name, result)

    # Where the page is drawn anew meanwhile, this run of it ends here, and the statement with it.
    keep(StatementError("left"))
    answer = None
    try:
        try:
            answer = sql_lab.run_statement(scope.version, statement, current_user.name(), told)
        finally:
            audit_trail.record_statement(statement, scope, None if answer is None else answer.rows.height)
        keep(answer)
    except LinliError as refused:
        keep(refused)
    slot.empty()
