"""Pictures that only the page of the workforce has: the grade ladder with its bands, and who came and went."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from pages.ui.charts import figure
from pages.ui.headlines import workforce as headlines
from pages.ui.i18n import texts, values
from pages.ui.i18n.names import area_name
from pages.ui.i18n.texts import _
from pages.ui.kit import panels
from pages.ui.kit.tables.columns import Column, Columns
from pages.ui.shell import selection
from pages.ui.theme import theme
from sql import query
from sql.semantic.metrics import Metric, metric
from sql.semantic.periods import Period
from sql.semantic.readings import clip_period
from sql.semantic.scope import Scope


def whole_calendar(scope: Scope) -> Scope:
    """The same question about all months of the calendar up to the period's end."""
    return scope.with_period(Period(scope.version.first_month, clip_period(scope).last))


def rules_scope(scope: Scope) -> Scope:
    """Lists of rules stand at the street and above: of a community, its street's."""
    return (
        scope.with_area(scope.area.parent).with_filters() if scope.area.level == "community" else scope.with_filters()
    )


def filter_by(scope: Scope, dimension: str, value: str) -> Scope:
    """The same question about those with this value, whatever else is chosen on the page."""
    kept = [pair for pair in scope.where if pair[0] != dimension]
    return scope.with_filters(*kept, (dimension, value))


def last_years(scope: Scope, years: int) -> Scope:
    """The same question about the years that end with the period, this one among them."""
    last = clip_period(scope).last
    return scope.with_period(Period(last.replace(year=last.year + 1 - years, month=1), last))


def has_columns(scope: Scope, *shares: tuple[str, str]) -> bool:
    """Whether the roster tells what these metrics are about, each with the name of its column: something is below the
    line. Where not, says which columns would fill it; of nobody no column tells anything."""
    if not metric("workers", scope.version).value(scope):
        st.info(_("这个范围没有数据。"))
        return False
    missing = [column for name, column in shares if not metric(name, scope.version).rows(scope)["denominator"].item()]
    if missing:
        _missing(scope, *missing)
    return not missing


def _missing(scope: Scope, *columns: str) -> None:
    st.info(
        _("{who}的名册没有填{columns}：在社区工作者名册里补上，再运行 python -m etl build。").format(
            who=texts.escape_markdown(area_name(scope.area)), columns=texts.join_words(list(columns))
        ),
        icon=":material/inbox:",
    )


def ladder(scope: Scope, key: str) -> None:
    """Workers by post and grade, with the band of each post drawn around its grades.

    Of a post with a handful of graded people no grades are told: a community has one secretary.
    """
    workers = metric("workers", scope.version)
    known = workers.rows(scope, by=("post", "grade")).drop_nulls("grade").filter(pl.col("value") > 0)
    posts = query("grades_by_post", scope)
    told = _told(known, posts)
    title = ladder_headline(scope, told)
    note = _("岗位 × 等级；框线为标准里的等级区间")
    shown = told.select("post", "grade", "value")
    with panels.panel(title, panels.subtitle(workers, scope, note), workers, scope, shown, ("post", "grade"), key):
        if posts.is_empty():
            st.info(_("这个范围没有数据。"))
        elif known.is_empty():
            _missing(scope, _("岗位等级"))
        elif told.is_empty():
            st.info(_("人数过少，不显示构成。"))
        else:
            figure.draw(_ladder_figure(told, posts, workers), selection.widget_key(key, scope), title)


def _told(known: pl.DataFrame, posts: pl.DataFrame) -> pl.DataFrame:
    """The cells of the posts whose grades may be told: the query leaves out those of a handful."""
    return known.join(posts.drop_nulls("lowest_grade").select("post"), on="post", how="semi")


def ladder_headline(scope: Scope, told: pl.DataFrame) -> str:
    """How many grades are held, and how many people stand outside the band of their post."""
    if told.is_empty():
        return _("岗位与等级")
    levels = told["grade"].cast(pl.Int64)
    span = _("等级从 {lowest} 级到 {highest} 级").format(lowest=levels.min(), highest=levels.max())
    outside = metric("workers_outside_band", scope.version).value(scope)
    if outside is None:
        return span
    if outside:
        return span + _("，:orange[{count} 人超出本岗位区间]").format(count=texts.number(outside))
    return span + _("，没有人超出本岗位区间")


def _ladder_figure(told: pl.DataFrame, posts: pl.DataFrame, workers: Metric) -> go.Figure:
    colours = theme.palette()
    lines = values.sort_values("post", posts["post"].to_list())
    bands = {row["post"]: (row["band_lowest"], row["band_highest"]) for row in posts.iter_rows(named=True)}
    told = told.with_columns(level=pl.col("grade").cast(pl.Int64))
    top = max([told["level"].max(), *posts["band_highest"].drop_nulls()])
    levels = list(range(1, top + 1))
    cells = {(post, level): value for post, level, value in told.select("post", "level", "value").iter_rows()}
    grid = [[cells.get((post, level)) for level in levels] for post in lines]
    trace = {
        "type": "heatmap",
        "z": grid,
        "x": levels,
        "y": list(range(len(lines))),
        "xgap": 2,
        "ygap": 10,
        "colorscale": [[0, colours.sequence[0]], [1, colours.sequence[1]]],
        "showscale": False,
        "zmin": 0,
        "customdata": [[[post, level] for level in levels] for post in lines],
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
            for post in lines
        ],
        # Without a size of their own, Plotly makes the numbers as large as the narrowest cell has room for.
        "texttemplate": "%{z:,}",
        "hovertemplate": "%{text}<extra></extra>",
    }
    # The grades at which a band begins or ends are named: there is room for no more on a phone.
    named = sorted({1, top, *posts["band_lowest"].drop_nulls(), *posts["band_highest"].drop_nulls()})
    few = [
        figure.label((1 + top) / 2, lines.index(row["post"]), _("人数过少"), font={"color": colours.muted}, name="few")
        for row in posts.iter_rows(named=True)
        if row["graded"] and row["lowest_grade"] is None
    ]
    frames = [
        {
            "type": "rect",
            "x0": (low or 1) - 0.5,
            "x1": (high or top) + 0.5,
            "y0": place - 0.46,
            "y1": place + 0.46,
            "line": {"color": colours.muted, "width": 1.6, "dash": "dot"},
            "name": post,
        }
        for place, post in enumerate(lines)
        for low, high in (bands[post],)
        if low is not None or high is not None
    ]
    return figure.figure(
        [trace],
        height=46 + 54 * len(lines),
        top=8,
        bottom=26,
        shapes=frames,
        annotations=few,
        xaxis={"tickvals": named, "tickangle": 0, "showgrid": False, "range": [0.4, top + 0.6], "ticks": ""},
        yaxis={
            "tickvals": list(range(len(lines))),
            "range": [len(lines) - 0.46, -0.54],
            "showgrid": False,
            "ticks": "",
            "ticktext": [figure.escape(values.word("post", post)) for post in lines],
        },
    )


def moves(scope: Scope, key: str) -> None:
    """Every month's joiners upwards and leavers downwards, to the period's end."""
    net = metric("worker_net_change", scope.version)
    whole = whole_calendar(scope)
    joined, left = (
        metric(name, scope.version).rows(whole, by="month").select("month", pl.col("value").alias(name))
        for name in ("worker_joiners", "worker_leavers")
    )
    rows = net.rows(whole, by="month").select("month", "value").join(joined, on="month").join(left, on="month")
    note = " · ".join(filter(None, (_("上为入职，下为离职"), headlines.turnover(scope))))
    title = moves_headline(scope)
    with panels.panel(title, panels.subtitle(net, whole, note), net, whole, rows, ("month",), key):
        if rows.is_empty() or not (rows["worker_joiners"].sum() or rows["worker_leavers"].sum()):
            st.info(_("这个范围没有数据。"))
        else:
            figure.draw(_moves_figure(rows), selection.widget_key(key, scope), title)


def moves_headline(scope: Scope) -> str:
    """近 12 个月净减 25 人: whether the team grew in the year that ends with the period."""
    net = metric("worker_net_change", scope.version).value(scope.with_period(clip_period(scope).last_months(12)))
    if net is None:
        return _("没有数据")
    if not net:
        return _("近 12 个月入职和离职一样多")
    said = _("近 12 个月净增 {count} 人") if net > 0 else _("近 12 个月净减 {count} 人")
    return said.format(count=texts.number(abs(net)))


def _moves_figure(rows: pl.DataFrame) -> go.Figure:
    colours = theme.palette()
    months = rows["month"].to_list()
    traces = []
    for name, word, sign, colour in (
        ("worker_joiners", _("入职"), 1, colours.accent),
        ("worker_leavers", _("离职"), -1, colours.below),
    ):
        counted = [value or 0 for value in rows[name]]
        traces.append(
            {
                "type": "bar",
                "x": months,
                "y": [sign * value for value in counted],
                "name": name,
                "marker": {"color": colour},
                "hovertemplate": "%{hovertext}<extra></extra>",
                "hovertext": [
                    f"{texts.month(month)} {word} <b>{texts.number(value)}</b>"
                    for month, value in zip(months, counted, strict=True)
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
    """The columns of the table of grades by post."""
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
    """The columns of the table of who the reserves are."""
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
