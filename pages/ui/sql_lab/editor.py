"""Draws the statement box with its templates, and runs the statement."""

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

# Session-state keys: the box's text, a copy (Streamlit drops the state of a widget that is not drawn), the last
# outcome, the template.
_BOX, _COPY, _OUTCOME, _TEMPLATE = "sql_lab_statement", "sql_lab_kept", "sql_lab_outcome", "sql_lab_template"
_DEFAULT_STATEMENT = """\
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
    """Holds the outcome of the last statement, an answer or an error, with its user, their area and the version."""

    name: str
    area: str | None
    version: str
    result: Answer | LinliError


def outcome() -> Outcome | None:
    """Returns the outcome of the last statement; None where there is none, or the user or their area has changed
    since."""
    stored = st.session_state.get(_OUTCOME)
    return stored if stored and (stored.name, stored.area) == (current_user.name(), current_user.area()) else None


def set_statement(statement: str) -> None:
    """Puts a statement into the box. Call from a widget callback."""
    st.session_state[_BOX] = statement


def draw(scope: Scope) -> None:
    """Draws the box with its templates; runs the statement when it is submitted, and stores the outcome."""
    st.session_state.setdefault(_BOX, st.session_state.get(_COPY, _DEFAULT_STATEMENT))
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
        st.session_state[_COPY] = statement
        if is_sent:
            _run(statement, scope)


def _templates(scope: Scope) -> None:
    template_by_key = {f"{candidate.folder}/{candidate.name}": candidate for candidate in templates(scope.version)}

    def on_change() -> None:
        # A browser may send a template that is not in the list.
        if template := template_by_key.get(selection.value(_TEMPLATE) or ""):
            set_statement(template.statement(scope))

    st.selectbox(
        _("从模板开始"),
        list(template_by_key),
        index=None,
        key=_TEMPLATE,
        on_change=on_change,
        format_func=lambda key: _title(template_by_key[key]),
        placeholder=_("从查询或指标开始（按页头的区域和时期）"),
        label_visibility="collapsed",
        width="stretch",
    )


def _title(template: Template) -> str:
    kind = _("查询") if template.folder == "queries" else _("指标")
    return f"{kind} · {texts.of(template.title)} · {template.name}"


def _run(statement: str, scope: Scope) -> None:
    """Runs the statement on the version that the user may see, and records it; where it cannot be recorded, nothing is
    shown."""
    slot = st.empty()

    def show_queue(ahead: int) -> None:
        if ahead:
            slot.info(
                _("前面还有 {count} 条查询，轮到后自动运行。").format(count=ahead), icon=":material/hourglass_top:"
            )
        else:
            slot.caption(_("正在运行…"))

    def store_outcome(result: Answer | LinliError) -> None:
        st.session_state[_OUTCOME] = Outcome(current_user.name(), current_user.area(), scope.version.name, result)

    # If the page is rerun in the meantime, this run ends, and the statement with it.
    store_outcome(StatementError("left"))
    answer = None
    try:
        try:
            answer = sql_lab.run_statement(scope.version, statement, current_user.name(), show_queue)
        finally:
            audit_trail.record_statement(statement, scope, None if answer is None else answer.rows.height)
        store_outcome(answer)
    except LinliError as error:
        store_outcome(error)
    slot.empty()
