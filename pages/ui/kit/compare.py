"""Draws compare mode: another area, peer areas or the previous period, side by side with the page's own scope."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.names import area_name, full_name, whole_name
from pages.ui.i18n.texts import _
from pages.ui.kit import status
from pages.ui.kit.tables import data_table, exports
from pages.ui.shell import page_scope
from sql.security.release import Frame, Policy
from sql.semantic.metrics import Metric
from sql.semantic.peers import peers
from sql.semantic.readings import clip_period, judge
from sql.semantic.scope import Scope, areas

PARAMETER = "compare"
PERIOD, PEERS = "period", "peers"


@dataclass(frozen=True)
class Comparison:
    """Describes a scope to compare with and its name in the comparison."""

    name: str
    scope: Scope


def comparisons(scope: Scope) -> list[Comparison]:
    """Returns the scopes to compare with: the URL has `period`, `peers` or an area code. Empty for none or an unknown
    value."""
    requested = st.query_params.get(PARAMETER)
    if requested == PERIOD:
        previous = _previous(scope)
        return [Comparison(texts.period(previous.period), previous)] if previous else []
    if requested == PEERS:
        return [
            Comparison(
                area_name(peer.area) if scope.version.area is None else _("同类 {place}").format(place=number), peer
            )
            for number, peer in enumerate(peers(scope), 1)
        ]
    if requested in areas(scope.version) and requested not in (None, scope.area_code):
        return [Comparison(area_name(areas(scope.version)[requested]), scope.with_area(requested))]
    return []


def control(scope: Scope) -> None:
    """Draws the choice of a comparison in the page header, or the button that ends one."""
    if st.query_params.get(PARAMETER):
        st.button(
            _("结束对比"),
            key="compare_end",
            type="tertiary",
            icon=":material/close:",
            on_click=page_scope.set_parameter,
            args=(PARAMETER, None),
        )
        return
    with st.popover(_("对比"), type="tertiary", key="compare", on_change="rerun") as popover:
        if not popover.open:
            return
        if previous := _previous(scope):
            label = _("与{period}").format(period=texts.period(previous.period))
            st.button(label, key="compare_period", on_click=page_scope.set_parameter, args=(PARAMETER, PERIOD))
        if scope.area_code:
            st.button(
                _("与同类：同级、常住人口最接近"),
                key="compare_peers",
                on_click=page_scope.set_parameter,
                args=(PARAMETER, PEERS),
            )
            names = {
                code: _with_parent(scope, code)
                for code, area in areas(scope.version).items()
                if code is not None and area.level == scope.area.level and code != scope.area_code
            }
            if not names:
                return
            key = f"compare_area_{scope.area_code}"
            st.selectbox(
                _("与另一个区域"),
                list(names),
                index=None,
                format_func=texts.option_formatter(names),
                key=key,
                on_change=page_scope.set_from_widget,
                args=(PARAMETER, key),
            )


def panel(scope: Scope, metrics: list[Metric]) -> None:
    """Draws the metrics of the page's cards side by side with the comparisons; nothing where there are none."""
    others = comparisons(scope)
    if not others:
        if st.query_params.get(PARAMETER):
            st.info(_("没有可以对比的：没有同级的区域或人口数据，或没有更早的时期。"))
        return
    columns = [Comparison(_own_name(scope), scope), *others]
    rows = _side_by_side(metrics, columns)
    headers = _headers([other.name for other in columns])

    def export_rows(policy: Policy) -> pl.DataFrame:
        views = [Comparison(each.name, policy.view(each.scope)) for each in columns]
        return _side_by_side(metrics, views).rename(headers)

    # A page may have several rows of cards.
    key = f"compare_{metrics[0].name}"
    with st.container(border=True, gap="xsmall", key=f"panel_{key}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            names = texts.join_words([other.name for other in others])
            st.markdown(
                "## " + texts.escape_markdown(_("{own} 与 {others}").format(own=columns[0].name, others=names)),
                width="stretch",
            )
            exports.download_buttons(Frame(export_rows), "compare", key)
        data_table.draw(
            rows, {name: headers.get(name, name) for name in rows.columns}, f"{key}_{scope.area_code}", _("对比")
        )


def _side_by_side(metrics: list[Metric], columns: list[Comparison]) -> pl.DataFrame:
    """Returns a row for each metric."""
    return pl.DataFrame(
        [
            {
                _("指标"): _title(metric),
                **{f"{index}": _format_value(metric, each.scope) for index, each in enumerate(columns)},
                **({_("相差"): _difference(metric, columns[0].scope, columns[1].scope)} if len(columns) == 2 else {}),
            }
            for metric in metrics
        ]
    )


def _headers(names: list[str]) -> dict[str, str]:
    """Returns the column headers of a file. Areas may share a name; columns may not."""
    used_headers, headers = {_("指标"), _("相差")}, {}
    for index, name in enumerate(names):
        header, number = name, 2
        while header in used_headers:
            header, number = f"{name} {number}", number + 1
        used_headers.add(header)
        headers[str(index)] = header
    return headers


def _own_name(scope: Scope) -> str:
    return texts.period(scope.period) if st.query_params.get(PARAMETER) == PERIOD else whole_name(scope)


def _title(metric: Metric) -> str:
    unit = texts.unit(metric)
    return texts.of(metric.short_title) + (f"（{unit}）" if unit and texts.language() == "zh" else "")


def _format_value(metric: Metric, scope: Scope) -> str:
    """Returns the value as a card writes it, such as 9.4 ▼ 未达标."""
    row = metric.rows(scope).row(0, named=True)
    state = judge(metric, row["value"], row["standard"])
    if row["value"] is None and 0 < (row["denominator"] or 0) < metric.min_people:
        return _("人数过少")
    return f"{texts.number(row['value'], metric.decimals)} {status.label(state)}".strip()


def _difference(metric: Metric, scope: Scope, other: Scope) -> str:
    own, theirs = metric.value(scope), metric.value(other)
    return "–" if own is None or theirs is None else texts.change(own - theirs, metric)


def _previous(scope: Scope) -> Scope | None:
    """Returns the scope for the previous period: the month before a month, else the same months of the previous year.

    Returns None where the data do not go back that far.
    """
    period = clip_period(scope)
    if period.months is None:
        return None
    previous = period.shift(-12 if period.months > 1 else -1)
    return scope.with_period(previous) if previous.first and previous.first >= scope.version.first_month else None


def _with_parent(scope: Scope, code: str) -> str:
    area = areas(scope.version)[code]
    parent = areas(scope.version)[area.parent]
    return f"{full_name(area.name)} · {area_name(parent)}" if parent.code else full_name(area.name)
