"""Lists the annotations on a metric in its explanation, with a form that adds one."""

from __future__ import annotations

import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.names import area_name
from pages.ui.i18n.texts import _
from pages.ui.kit import form_messages, html_widgets
from pages.ui.shell import audit_trail, current_user
from sql.errors import LinliError
from sql.files.sql_file import Text
from sql.semantic import annotations as sql_annotations
from sql.semantic.metrics import Metric
from sql.semantic.periods import Period
from sql.semantic.scope import Scope


def draw(metric: Metric, scope: Scope, key: str) -> None:
    """Draws the annotations on the metric for the scope's area and the areas above, with a form to add one."""
    annotations = sql_annotations.find_annotations(
        metric.name, scope.with_period(Period(None, scope.version.data_month))
    )
    label = _("批注（{count}）").format(count=len(annotations)) if annotations else _("批注")
    # The server knows the state, so the expander stays open when a change redraws the page behind.
    with st.expander(label, icon=":material/edit_note:", key=f"noting_{key}_notes", on_change="rerun"):
        for note in annotations:
            line = _("{area}：{text}").format(area=area_name(note.area), text=texts.of(note.text))
            st.markdown(f"**{note.date}** {texts.escape_markdown(line)}")
        if not current_user.may("write_annotations"):
            return
        # The typed text stays when an annotation is rejected.
        with st.form(f"noting_{key}", border=False):
            day = st.date_input(
                _("日期"),
                value=scope.version.data_date,
                min_value=scope.version.first_month,
                max_value=scope.version.data_date,
                format="YYYY-MM-DD",
                width=160,
                key=f"noting_{key}_on",
            )
            note_texts = {
                language: st.text_input(label, max_chars=sql_annotations.MAX_LENGTH, key=f"noting_{key}_{language}")
                for language, label in (("zh", _("批注（中文）")), ("en", _("批注（英文，可不填）")))
            }
            st.caption(
                _("写在{area}的这个指标上，所有人都看得到；记在 data/annotations.csv，可在那里改和删").format(
                    area=texts.escape_markdown(area_name(scope.area))
                )
            )
            is_sent = st.form_submit_button(_("添加"), key=f"noting_{key}_add")
        form_input = (day, *note_texts.values())
        if is_sent:
            try:
                sql_annotations.add(
                    metric.name,
                    scope.area_code,
                    day,
                    Text(**note_texts),
                    lambda: audit_trail.record_change("write_annotations", "annotation", scope, metric=metric.name),
                )
            except LinliError as error:
                form_messages.set_message(f"noting_{key}", form_input, "error", texts.escape_markdown(texts.of(error)))
            except OSError as error:
                message = _("没有写入 data/annotations.csv：{error}；请检查权限和磁盘空间")
                form_messages.set_message(
                    f"noting_{key}", form_input, "error", message.format(error=texts.escape_markdown(str(error)))
                )
            else:
                # Redraws the page behind, which then shows the annotation.
                html_widgets.close_dialog()
                st.rerun()
        form_messages.draw(f"noting_{key}", form_input)
