"""Compare mode: another area, an area's peers, or the period before, side by side with what the page shows."""

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
from sql.semantic.metrics import Metric
from sql.semantic.peers import peers
from sql.semantic.readings import clip_period, status_of
from sql.semantic.scope import Scope, areas

PARAMETER = "compare"
PERIOD, PEERS = "period", "peers"


@dataclass(frozen=True)
class Comparison:
    """What stands beside the page's own scope, and what it is called there."""

    name: str
    scope: Scope


def comparisons(scope: Scope) -> list[Comparison]:
    """What the URL asks to compare with: `period`, `peers` or the code of an area; empty where nothing or nonsense."""
    asked = st.query_params.get(PARAMETER)
    if asked == PERIOD:
        before = _before(scope)
        return [Comparison(texts.period(before.period), before)] if before else []
    if asked == PEERS:
        return [
            Comparison(
                area_name(peer.area) if scope.version.area is None else _("同类 {place}").format(place=place), peer
            )
            for place, peer in enumerate(peers(scope), 1)
        ]
    if asked in areas(scope.version) and asked not in (None, scope.area_code):
        return [Comparison(area_name(areas(scope.version)[asked]), scope.with_area(asked))]
    return []


def control(scope: Scope) -> None:
    """The choice in the page's header, and how to leave it."""
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
    with st.popover(_("对比"), type="tertiary", key="compare", on_change="rerun") as opened:
        if not opened.open:
            return
        if before := _before(scope):
            label = _("与{period}").format(period=texts.period(before.period))
            st.button(label, key="compare_period", on_click=page_scope.set_parameter, args=(PARAMETER, PERIOD))
        if scope.area_code:
            st.button(
                _("与同类：同级、常住人口最接近"),
                key="compare_peers",
                on_click=page_scope.set_parameter,
                args=(PARAMETER, PEERS),
            )
            offered = {
                code: _with_parent(scope, code)
                for code, area in areas(scope.version).items()
                if code is not None and area.level == scope.area.level and code != scope.area_code
            }
            if not offered:
                return
            key = f"compare_area_{scope.area_code}"
            st.selectbox(
                _("与另一个区域"),
                list(offered),
                index=None,
                format_func=texts.option_formatter(offered),
                key=key,
                on_change=page_scope.set_from_widget,
                args=(PARAMETER, key),
            )


def panel(scope: Scope, metrics: list[Metric]) -> None:
    """The metrics of the page's cards side by side with what they are compared with; nothing where nothing is."""
    beside = comparisons(scope)
    if not beside:
        if st.query_params.get(PARAMETER):
            st.info(_("没有可以对比的：没有同级的区域或人口数据，或没有更早的时期。"))
        return
    columns = [Comparison(_own_name(scope), scope), *beside]
    rows = _side_by_side(metrics, columns)
    # A file is made outside of the page's run, and with the words of now.
    outside = _side_by_side(metrics, [Comparison(each.name, each.scope.with_rounding) for each in columns])
    # A page may have several rows of cards.
    key = f"compare_{metrics[0].name}"
    with st.container(border=True, gap="xsmall", key=f"panel_{key}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            names = texts.join_words([other.name for other in beside])
            st.markdown(
                "## " + texts.escape_markdown(_("{own} 与 {others}").format(own=columns[0].name, others=names)),
                width="stretch",
            )
            called = _headers([other.name for other in columns])
            exports.download_buttons(rows.rename(called), "compare", key, lambda: outside.rename(called))
        data_table.draw(
            rows, {name: called.get(name, name) for name in rows.columns}, f"{key}_{scope.area_code}", _("对比")
        )


def _side_by_side(metrics: list[Metric], columns: list[Comparison]) -> pl.DataFrame:
    """A row for each metric."""
    return pl.DataFrame(
        [
            {
                _("指标"): _titled(asked),
                **{f"{place}": _told(asked, each.scope) for place, each in enumerate(columns)},
                **({_("相差"): _apart(asked, columns[0].scope, columns[1].scope)} if len(columns) == 2 else {}),
            }
            for asked in metrics
        ]
    )


def _headers(names: list[str]) -> dict[str, str]:
    """What the columns are called in a file: places may share a name, columns may not."""
    taken, called = {_("指标"), _("相差")}, {}
    for place, name in enumerate(names):
        header, again = name, 2
        while header in taken:
            header, again = f"{name} {again}", again + 1
        taken.add(header)
        called[str(place)] = header
    return called


def _own_name(scope: Scope) -> str:
    return texts.period(scope.period) if st.query_params.get(PARAMETER) == PERIOD else whole_name(scope)


def _titled(asked: Metric) -> str:
    unit = texts.unit(asked)
    return texts.of(asked.short_title) + (f"（{unit}）" if unit and texts.language() == "zh" else "")


def _told(asked: Metric, scope: Scope) -> str:
    """9.4 ▼ 未达标, as a card says it."""
    row = asked.rows(scope).row(0, named=True)
    state = status_of(row["value"], row["standard"], asked.direction)
    if row["value"] is None and 0 < (row["denominator"] or 0) < asked.min_people:
        return _("人数过少")
    return f"{texts.number(row['value'], asked.decimals)} {status.label(state)}".strip()


def _apart(asked: Metric, scope: Scope, other: Scope) -> str:
    own, theirs = asked.value(scope), asked.value(other)
    return "–" if own is None or theirs is None else texts.change(own - theirs, asked)


def _before(scope: Scope) -> Scope | None:
    """The period before the one shown: the month before a month, else the same months of the year before.

    None where the data do not go back so far.
    """
    period = clip_period(scope)
    if period.months is None:
        return None
    before = period.shift(-12 if period.months > 1 else -1)
    return scope.with_period(before) if before.first and before.first >= scope.version.first_month else None


def _with_parent(scope: Scope, code: str) -> str:
    area = areas(scope.version)[code]
    parent = areas(scope.version)[area.parent]
    return f"{full_name(area.name)} · {area_name(parent)}" if parent.code else full_name(area.name)
