"""Draws the open alerts of an area: what is wrong and where, since when, what to do, and the page to open."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.names import area_name
from pages.ui.i18n.texts import _
from pages.ui.kit import metric_pages
from pages.ui.kit.panels import captured_panels
from pages.ui.kit.panels.captured_panels import CapturedPanel
from pages.ui.kit.tables import exports
from pages.ui.shell import page_list, page_scope
from sql.security.release import Frame
from sql.semantic.alerts import Alert, open_alerts
from sql.semantic.scope import Scope

# Number of areas named per alert; the download has all of them.
_MAX_NAMED = 6
_REQUESTED_PAGE = "alert_asked"


def panel(scope: Scope, key: str) -> None:
    """Draws each alert open in the area or its child areas: what to do, and the areas concerned, the worst first."""
    alerts = open_alerts(scope)
    captured = _capture(scope, alerts)
    with st.container(border=True, gap="xsmall", key=f"panel_{key}"):
        with st.container(horizontal=True, vertical_alignment="top", gap=None):
            with st.container(gap=None, width="stretch"):
                st.markdown(f"## {captured.title}")
                st.caption(captured.subtitle)
            exports.download_buttons(
                Frame(lambda policy: to_frame(open_alerts(policy.view(scope))).drop("decimals")),
                f"alerts_{scope.area_code or 'all'}",
                key,
            )
        captured_panels.add(key, captured)
        if not alerts:
            st.success(_("本级和下级没有需要预警的情况。"))
        with st.container(key=f"alerts_{key}"):
            for name in dict.fromkeys(alert.name for alert in alerts):
                _draw_alert(scope, [alert for alert in alerts if alert.name == name])


def capture(scope: Scope) -> CapturedPanel:
    """Returns the open alerts of the area and its child areas, the worst first, as a briefing contains them."""
    return _capture(scope, open_alerts(scope))


def _capture(scope: Scope, alerts: list[Alert]) -> CapturedPanel:
    return CapturedPanel(
        _("{count} 项预警").format(count=len(alerts)) if alerts else _("没有预警"),
        _("按数据截至 {date}，报送逾期按今天；超出限度最多的在前").format(date=scope.version.data_date),
        to_frame(alerts).select("what", "area_name", "message", "remedy"),
        scope,
        columns={"what": _("事项"), "area_name": _("责任单位"), "message": _("情况"), "remedy": _("处理")},
    )


def to_frame(alerts: list[Alert]) -> pl.DataFrame:
    """Returns alerts as rows in the user's language. `beyond_percent` is how far the value lies beyond the limit."""
    return pl.DataFrame(
        [
            (
                alert.name,
                texts.of(alert.short_title),
                alert.metric,
                alert.area.code,
                area_name(alert.area),
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
    """Opens the alert's page on this run. Call from a widget callback."""
    st.session_state[_REQUESTED_PAGE] = _target(alert, alert.area.code)


def go_to_requested_page() -> None:
    """Opens the page that a click on an alert requested; once."""
    if target := st.session_state.pop(_REQUESTED_PAGE, None):
        page, params = target
        st.switch_page(metric_pages.PAGES / f"{page}.py", query_params=params)


def _target(alert: Alert, area_code: str | None) -> tuple[str, dict[str, str]]:
    """Returns the page in the alert's file, else the one that shows its metric, for an area; with neither, the
    overview."""
    if alert.page or not alert.metric:
        return alert.page or "overview", page_scope.params(area=area_code)
    location = metric_pages.best_location(alert.metric, metric_pages.locations(), page_list.titles())
    if location is None:
        return "coverage", page_scope.params(area=area_code, metric=alert.metric)
    return location.page, page_scope.params(area=area_code, view=location.view)


def _draw_alert(scope: Scope, alerts: list[Alert]) -> None:
    """Draws one alert with the areas it is open in."""
    first, unnamed = alerts[0], alerts[_MAX_NAMED:]
    with st.container(gap=None):
        st.markdown(
            f"**◆ {texts.escape_markdown(texts.of(first.title))}** · " + _("{count} 处").format(count=len(alerts))
        )
        st.markdown(
            "\n".join(
                f"- **{texts.escape_markdown(area_name(alert.area))}** {texts.escape_markdown(texts.of(alert.message))}"
                for alert in alerts[:_MAX_NAMED]
            )
        )
        if unnamed:
            st.caption(
                _("另有 {areas}").format(
                    areas=texts.escape_markdown(texts.join_words([area_name(alert.area) for alert in unnamed]))
                )
            )
        st.caption(_("处理：{remedy}").format(remedy=texts.escape_markdown(texts.of(first.remedy))))
        page, params = _target(first, scope.area_code)
        st.page_link(
            metric_pages.PAGES / f"{page}.py",
            label=_("查看 {page}").format(page=page_list.titles()[page]),
            query_params=params,
        )
