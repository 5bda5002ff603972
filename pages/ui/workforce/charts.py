"""Draws the charts of the workforce page: the grade ladder with its bands, and joiners and leavers. Also derives its
scopes."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages.ui.charts import figure
from pages.ui.headlines import workforce as headlines
from pages.ui.i18n import texts, values
from pages.ui.i18n.names import area_name
from pages.ui.i18n.texts import _
from pages.ui.kit import empty_states
from pages.ui.kit.panels import panels
from pages.ui.kit.tables.columns import Column, Columns
from pages.ui.shell import selection
from pages.ui.theme import theme
from sql import query
from sql.semantic.metrics import Metric, metric
from sql.semantic.periods import Period
from sql.semantic.readings import clip_period
from sql.semantic.scope import Scope


def whole_calendar(scope: Scope) -> Scope:
    """Returns the scope for all calendar months up to the end of the period."""
    return scope.with_period(Period(scope.version.first_month, clip_period(scope).last))


def rules_scope(scope: Scope) -> Scope:
    """Returns the scope for lists of rules, which are set at street level and above: for a community, its street's."""
    return (
        scope.with_area(scope.area.parent).with_filters() if scope.area.level == "community" else scope.with_filters()
    )


def filter_by(scope: Scope, dimension: str, value: str) -> Scope:
    """Returns the scope filtered by this value of the dimension; other filters stay."""
    other_filters = [pair for pair in scope.where if pair[0] != dimension]
    return scope.with_filters(*other_filters, (dimension, value))


def last_years(scope: Scope, years: int) -> Scope:
    """Returns the scope for the years that end with the period, the current one included."""
    last = clip_period(scope).last
    return scope.with_period(Period(last.replace(year=last.year + 1 - years, month=1), last))


def has_columns(scope: Scope, *shares: tuple[str, str]) -> bool:
    """Returns whether the roster has the data of these metrics, each paired with its column's name: a denominator above
    0. If not, draws which columns are missing; where there are no workers, says so."""
    if not metric("workers", scope.version).value(scope):
        st.info(_("这个范围没有数据。"))
        return False
    missing_columns = [
        column for name, column in shares if not metric(name, scope.version).rows(scope)["denominator"].item()
    ]
    if missing_columns:
        _draw_missing_columns(scope, *missing_columns)
    return not missing_columns


def _draw_missing_columns(scope: Scope, *columns: str) -> None:
    st.info(
        empty_states.message(
            _("{who}的名册没有填{columns}。").format(
                who=texts.escape_markdown(area_name(scope.area)), columns=texts.join_words(list(columns))
            ),
            _("补填后的社区工作者名册"),
        ),
        icon=":material/inbox:",
    )


def ladder(scope: Scope, key: str) -> None:
    """Draws workers by post and grade, with a frame around each post's band.

    The grades of a post with too few graded people are not shown: a community has one secretary.
    """
    workers = metric("workers", scope.version)
    known_cells = workers.rows(scope, by=("post", "grade")).drop_nulls("grade").filter(pl.col("value") > 0)
    posts = query("grades_by_post", scope)
    visible = _without_small_posts(known_cells, posts)
    title = ladder_headline(scope, visible)
    note = _("岗位 × 等级；框线为标准里的等级区间")
    panel_rows = visible.select("post", "grade", "value")
    with panels.panel(title, panels.subtitle(workers, scope, note), workers, scope, panel_rows, ("post", "grade"), key):
        if posts.is_empty():
            st.info(_("这个范围没有数据。"))
        elif known_cells.is_empty():
            _draw_missing_columns(scope, _("岗位等级"))
        elif visible.is_empty():
            st.info(_("人数过少，不显示构成。"))
        else:
            figure.draw(_ladder_figure(visible, posts, workers), selection.widget_key(key, scope), title)


def _without_small_posts(known_cells: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """Returns the cells of posts whose grades may be shown: the query leaves out posts of too few people."""
    return known_cells.join(posts.drop_nulls("lowest_grade").select("post"), on="post", how="semi")


def ladder_headline(scope: Scope, visible: pl.DataFrame) -> str:
    """Returns the range of grades, and how many people are outside their post's band."""
    if visible.is_empty():
        return _("岗位与等级")
    levels = visible["grade"].cast(pl.Int64)
    span = _("等级从 {lowest} 级到 {highest} 级").format(lowest=levels.min(), highest=levels.max())
    outside_count = metric("workers_outside_band", scope.version).value(scope)
    if outside_count is None:
        return span
    if outside_count:
        return span + _("，:orange[{count} 人超出本岗位区间]").format(count=texts.number(outside_count))
    return span + _("，没有人超出本岗位区间")


def _ladder_figure(visible: pl.DataFrame, posts: pl.DataFrame, workers: Metric) -> go.Figure:
    colours = theme.palette()
    post_order = values.sort_values("post", posts["post"].to_list())
    bands = {row["post"]: (row["band_lowest"], row["band_highest"]) for row in posts.iter_rows(named=True)}
    visible = visible.with_columns(level=pl.col("grade").cast(pl.Int64))
    top = max([visible["level"].max(), *posts["band_highest"].drop_nulls()])
    levels = list(range(1, top + 1))
    cells = {(post, level): value for post, level, value in visible.select("post", "level", "value").iter_rows()}
    grid = [[cells.get((post, level)) for level in levels] for post in post_order]
    trace = {
        "type": "heatmap",
        "z": grid,
        "x": levels,
        "y": list(range(len(post_order))),
        "xgap": 2,
        "ygap": 10,
        "colorscale": [[0, colours.sequence[0]], [1, colours.sequence[1]]],
        "showscale": False,
        "zmin": 0,
        "customdata": [[[post, level] for level in levels] for post in post_order],
        "hoverongaps": False,
        "name": "ladder",
        "text": [
            [
                _("{post} {level} 级 <b>{amount}</b>").format(
                    post=figure.escape(values.word("post", post)),
                    level=level,
                    amount=texts.amount(cells.get((post, level)), workers),
                )
                for level in levels
            ]
            for post in post_order
        ],
        # No font size is set, so that Plotly fits the numbers to the narrowest cell.
        "texttemplate": "%{z:,}",
        "hovertemplate": "%{text}<extra></extra>",
    }
    # Only the grades where a band begins or ends have a tick: a phone has no room for more.
    tick_levels = sorted({1, top, *posts["band_lowest"].drop_nulls(), *posts["band_highest"].drop_nulls()})
    small_post_labels = [
        figure.label(
            (1 + top) / 2, post_order.index(row["post"]), _("人数过少"), font={"color": colours.muted}, name="few"
        )
        for row in posts.iter_rows(named=True)
        if row["graded"] and row["lowest_grade"] is None
    ]
    frames = [
        {
            "type": "rect",
            "x0": (low or 1) - 0.5,
            "x1": (high or top) + 0.5,
            "y0": index - 0.46,
            "y1": index + 0.46,
            "line": {"color": colours.muted, "width": 1.6, "dash": "dot"},
            "name": post,
        }
        for index, post in enumerate(post_order)
        for low, high in (bands[post],)
        if low is not None or high is not None
    ]
    return figure.figure(
        [trace],
        height=46 + 54 * len(post_order),
        top=8,
        bottom=26,
        shapes=frames,
        annotations=small_post_labels,
        xaxis={"tickvals": tick_levels, "tickangle": 0, "showgrid": False, "range": [0.4, top + 0.6], "ticks": ""},
        yaxis={
            "tickvals": list(range(len(post_order))),
            "range": [len(post_order) - 0.46, -0.54],
            "showgrid": False,
            "ticks": "",
            "ticktext": [figure.escape(values.word("post", post)) for post in post_order],
        },
    )


def moves(scope: Scope, key: str) -> None:
    """Draws every month's joiners upwards and leavers downwards, to the end of the period."""
    net = metric("worker_net_change", scope.version)
    full_scope = whole_calendar(scope)
    joiners, leavers = (
        metric(name, scope.version).rows(full_scope, by="month").select("month", pl.col("value").alias(name))
        for name in ("worker_joiners", "worker_leavers")
    )
    rows = net.rows(full_scope, by="month").select("month", "value").join(joiners, on="month").join(leavers, on="month")
    note = " · ".join(filter(None, (_("上为入职，下为离职"), headlines.turnover(scope))))
    title = moves_headline(scope)
    with panels.panel(title, panels.subtitle(net, full_scope, note), net, full_scope, rows, ("month",), key):
        if rows.is_empty() or not (rows["worker_joiners"].sum() or rows["worker_leavers"].sum()):
            st.info(_("这个范围没有数据。"))
        else:
            figure.draw(_moves_figure(rows), selection.widget_key(key, scope), title)


def moves_headline(scope: Scope) -> str:
    """Returns the net change in the year that ends with the period: 近 12 个月净减 25 人."""
    net = metric("worker_net_change", scope.version).value(scope.with_period(clip_period(scope).last_months(12)))
    if net is None:
        return _("没有数据")
    if not net:
        return _("近 12 个月入职和离职一样多")
    template = _("近 12 个月净增 {count} 人") if net > 0 else _("近 12 个月净减 {count} 人")
    return template.format(count=texts.number(abs(net)))


def _moves_figure(rows: pl.DataFrame) -> go.Figure:
    colours = theme.palette()
    months = rows["month"].to_list()
    traces = []
    for name, word, sign, colour in (
        ("worker_joiners", _("入职"), 1, colours.accent),
        ("worker_leavers", _("离职"), -1, colours.below),
    ):
        month_values = [value or 0 for value in rows[name]]
        traces.append(
            {
                "type": "bar",
                "x": months,
                "y": [sign * value for value in month_values],
                "name": name,
                "marker": {"color": colour},
                "hovertemplate": "%{hovertext}<extra></extra>",
                "hovertext": [
                    f"{texts.month(month)} {word} <b>{texts.number(value)}</b>"
                    for month, value in zip(months, month_values, strict=True)
                ],
            }
        )
    return figure.figure(
        traces,
        height=290,
        left=40,
        right=12,
        top=10,
        barmode="relative",
        bargap=0.2,
        xaxis={"showgrid": False, "tickformat": "%Y", "dtick": "M12", "tick0": f"{months[0].year}-01-01"},
        yaxis={"nticks": 6, "tickformat": ",", "zeroline": True, "zerolinecolor": colours.muted},
    )


def grade_columns() -> Columns:
    """Returns the columns of the table of grades by post."""
    return {
        "post": _("岗位"),
        "workers": _("在岗（人）"),
        "graded": _("已定等级（人）"),
        "band_lowest": _("区间最低"),
        "band_highest": _("区间最高"),
        "lowest_grade": _("实际最低"),
        "median_grade": _("等级中位数"),
        "highest_grade": _("实际最高"),
        "below_band": _("低于区间（人）"),
        "above_band": _("高于区间（人）"),
    }


def reserve_columns() -> Columns:
    """Returns the columns of the table that profiles the reserve pool."""
    shares = {
        "share_35_or_under": _("35 岁及以下（%）"),
        "bachelor_share": _("本科及以上（%）"),
        "certified_share": _("持证（%）"),
        "party_member_share": _("党员（%）"),
    }
    return {
        "reserve_for": _("后备岗位"),
        "people": _("人数"),
        "average_age": Column(_("平均年龄（岁）"), decimals=1),
        **{name: Column(label, decimals=1) for name, label in shares.items()},
    }
