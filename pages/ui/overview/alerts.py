"""The open alerts of an area: what is wrong where, since when, what to do, and the page to look at."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.ui.definitions import definitions
from pages.ui.i18n import texts
from pages.ui.i18n.names import area_name, heading_name
from pages.ui.i18n.texts import _
from pages.ui.kit import captured_panels, metric_pages
from pages.ui.kit.tables import exports
from pages.ui.shell import page_list, page_scope
from sql.semantic.alerts import Alert, open_alerts
from sql.semantic.scope import Scope

# Of each alert so many areas are named; all of them are in the download.
_NAMED = 6
_ASKED = "alert_asked"


def panel(scope: Scope, key: str) -> None:
    """Each alert that is open in the area or one step below: what to do, and the areas it is open in, the worst
    first."""
    alerts = open_alerts(scope)
    rows = to_frame(alerts)
    title = _("{count} 项预警").format(count=len(alerts)) if alerts else _("没有预警")
    caption = _("按数据截至 {date}，超出限度最多的在前").format(date=scope.version.data_date)
    with st.container(border=True, gap="xsmall", key=f"panel_{key}"):
        with st.container(horizontal=True, vertical_alignment="top", gap=None):
            with st.container(gap=None, width="stretch"):
                st.markdown(f"## {title}")
                st.caption(caption)
            exports.download_buttons(
                rows.drop("decimals"),
                f"alerts_{scope.area_code or 'all'}",
                key,
                lambda: to_frame(open_alerts(scope.with_rounding)).drop("decimals"),
            )
        captured_panels.add_rows(
            key,
            title,
            caption,
            rows.select("what", "area_name", "message", "remedy"),
            scope,
            columns={"what": _("事项"), "area_name": _("责任单位"), "message": _("情况"), "remedy": _("处理")},
        )
        if not alerts:
            st.success(_("本级和下级没有需要预警的情况。"))
        with st.container(key=f"alerts_{key}"):
            for name in dict.fromkeys(alert.name for alert in alerts):
                _one(scope, [alert for alert in alerts if alert.name == name])


def to_frame(alerts: list[Alert]) -> pl.DataFrame:
    """Alerts as rows, in the reader's language; `beyond_percent` is how far the value lies beyond the limit."""
    return pl.DataFrame(
        [
            (
                alert.name,
                texts.of(alert.short_title),
                alert.metric,
                alert.area.code,
                heading_name(alert.area),
                alert.value,
                alert.limit,
                alert.since,
                alert.beyond_percent,
                alert.decimals,
                texts.of(alert.message),
                texts.of(alert.remedy),
            )
            for alert in alerts
        ],
        schema={
            "alert": pl.String,
            "what": pl.String,
            "metric": pl.String,
            "area_code": pl.String,
            "area_name": pl.String,
            "value": pl.Float64,
            "limit": pl.Float64,
            "since": pl.Date,
            "beyond_percent": pl.Float64,
            "decimals": pl.Int64,
            "message": pl.String,
            "remedy": pl.String,
        },
        orient="row",
    )


def request_page(alert: Alert) -> None:
    """Has this run go to the page of the alert; to be called from a widget's callback."""
    st.session_state[_ASKED] = _target(alert, alert.area.code)


def go_to_requested_page() -> None:
    """Goes where a click on an alert asked for; once."""
    if asked := st.session_state.pop(_ASKED, None):
        page, params = asked
        st.switch_page(metric_pages.PAGES / f"{page}.py", query_params=params)


def _target(alert: Alert, area_code: str | None) -> tuple[str, dict[str, str]]:
    """The page that the alert's file names, else the one that shows its metric, for an area; with neither the
    overview."""
    if alert.page or not alert.metric:
        return alert.page or "overview", page_scope.params(area=area_code)
    place = definitions.best_location(alert.metric, metric_pages.locations(), page_list.titles())
    if place is None:
        return "coverage", page_scope.params(area=area_code, metric=alert.metric)
    return place.page, page_scope.params(area=area_code, view=place.view)


def _one(scope: Scope, alerts: list[Alert]) -> None:
    """One alert with the areas it is open in."""
    first, rest = alerts[0], alerts[_NAMED:]
    with st.container(gap=None):
        st.markdown(
            f"**◆ {texts.escape_markdown(texts.of(first.title))}** · " + _("{count} 处").format(count=len(alerts))
        )
        st.markdown(
            "\n".join(
                f"- **{texts.escape_markdown(area_name(alert.area))}** {texts.escape_markdown(texts.of(alert.message))}"
                for alert in alerts[:_NAMED]
            )
        )
        if rest:
            st.caption(
                _("另有 {areas}").format(
                    areas=texts.escape_markdown(texts.join_words([area_name(alert.area) for alert in rest]))
                )
            )
        st.caption(_("处理：{remedy}").format(remedy=texts.escape_markdown(texts.of(first.remedy))))
        page, params = _target(first, scope.area_code)
        st.page_link(
            metric_pages.PAGES / f"{page}.py",
            label=_("查看 {page}").format(page=page_list.titles()[page]),
            query_params=params,
        )
