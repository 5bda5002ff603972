"""What every number means: the list of all metrics, one of them in full, and the figures that places published."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.names import area_name, whole_name
from pages.ui.i18n.texts import _
from pages.ui.kit import explanations, metric_pages, status
from pages.ui.kit.metric_pages import MetricLocation
from pages.ui.kit.tables import data_table, exports
from pages.ui.kit.tables.columns import Column
from pages.ui.shell import page_list, page_scope
from sql.errors import SqlFileError
from sql.quality import published_figures
from sql.semantic.files import catalog, lineage
from sql.semantic.files.sql_file import SqlFile, Text
from sql.semantic.metrics import Metric, metric
from sql.semantic.periods import Period
from sql.semantic.readings import clip_period, status_of
from sql.semantic.scope import Scope, areas

# The metric shown in full, in the URL: the map takes the same one.
PARAMETER = "metric"


def themes() -> dict[str, str]:
    """The folders of sql/metrics and what they are about, in the order of the pages."""
    return {
        "staffing": _("配备"),
        "workforce": _("队伍结构"),
        "training": _("培训"),
        "assessment": _("考核激励"),
        "grid": _("网格"),
        "partners": _("合伙人"),
        "requests": _("诉求"),
        "alliances": _("联盟与物业"),
        "organisation": _("组织覆盖"),
        "activities": _("服务活动"),
        "points": _("积分"),
    }


def catalogue(scope: Scope) -> None:
    """Every metric that the search and the theme leave, and in full the one that is chosen."""
    words, theme = _search()
    found = _matching(_metrics(scope), words, theme)
    if not found:
        st.info(_("没有这样的指标；换一个词或清除主题。"))
        return
    chosen = next((one for one in found if one.name == st.query_params.get(PARAMETER)), found[0])
    left, right = st.columns([11, 9])
    with left:
        _list(scope, found, chosen, key=f"definitions_{theme}_{words}")
    with right:
        _full(scope, chosen.name)


def _metrics(scope: Scope) -> list[Metric]:
    """All metrics as their files stand, by theme and title; not tried out, so that the list is quick."""
    order = list(themes())
    files = [
        file
        for path, file in catalog.current_files().items()
        if path.startswith("metrics/") and isinstance(file, SqlFile)
    ]
    files.sort(key=lambda file: (order.index(_theme(file)) if _theme(file) in order else len(order), file.title.zh))
    return [Metric(file, scope.version) for file in files]


def _theme(file: SqlFile) -> str:
    return file.path.split("/")[1]


def _search() -> tuple[str, str | None]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(
            _("搜索"),
            key="definitions_search",
            placeholder=_("名称、口径、集市表或 SQL"),
            label_visibility="collapsed",
            width=300,
            icon=":material/search:",
        )
        theme = st.pills(
            _("主题"),
            list(themes()),
            format_func=texts.option_formatter(themes()),
            key="definitions_theme",
            label_visibility="collapsed",
        )
    return words.strip().lower(), theme


def _matching(metrics: list[Metric], words: str, theme: str | None) -> list[Metric]:
    return [
        one
        for one in metrics
        if theme in (None, _theme(one.file)) and all(word in _searched(one) for word in words.split())
    ]


def _searched(one: Metric) -> str:
    return " ".join([one.file.path, one.file.text, *(_mart(one) or ())]).lower()


def _mart(one: Metric) -> Text | None:
    """What the one mart that it adds up is called; None where that cannot be read."""
    mart = catalog.current_files().get(f"marts/{lineage.mart(one.file)}.sql")
    return mart.title if isinstance(mart, SqlFile) else None


def _list(scope: Scope, found: list[Metric], chosen: Metric, key: str) -> None:
    """The metrics as rows. The table is the same one until the search changes, so that it stays where it was
    scrolled."""
    places, names, titles = metric_pages.locations(), themes(), page_list.titles()
    rows = pl.DataFrame(
        {
            "metric": [one.name for one in found],
            "theme": [names.get(_theme(one.file), _theme(one.file)) for one in found],
            "title": [texts.of(one.title) for one in found],
            "unit": [_unit(one) for one in found],
            "standard": [_standard(scope, one) for one in found],
            "pages": [texts.join_words(_pages(places.get(one.name, []), titles)) for one in found],
            "note": [texts.of(one.note) for one in found],
            "mart": [texts.of(mart) if (mart := _mart(one)) else "" for one in found],
            "file": [f"sql/{one.file.path}" for one in found],
        }
    )

    with st.container(border=True, gap="xsmall", height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("## " + _("{count} 个指标").format(count=rows.height), width="stretch")
            exports.download_buttons(rows, "definitions", "definitions", lambda: rows)
        data_table.draw(
            rows,
            {
                "title": _("指标"),
                "theme": _("主题"),
                "unit": _("单位"),
                "standard": Column(_("标准"), is_number=True, help=_("这个区域期末执行的标准")),
                "pages": _("展示于"),
                "note": _("口径"),
                "mart": _("集市表"),
                "file": _("文件"),
            },
            key,
            _("指标"),
            height=640,
            choose=lambda place: page_scope.set_parameter(PARAMETER, rows["metric"][place]),
            chosen=found.index(chosen),
        )


def _standard(scope: Scope, one: Metric) -> str:
    """The standard that the metric is held against here; most have none, and are not asked."""
    if " as standard" not in one.file.text:
        return ""
    try:
        standard = metric(one.name, scope.version).rows(scope)["standard"].item()
    except SqlFileError:
        return ""
    return "" if standard is None else texts.number(standard, one.decimals)


def _unit(one: Metric) -> str:
    """The unit's word; what the file calls it, where English needs none behind a number or nobody has worded it yet."""
    known = texts.UNITS.get(one.unit)
    return (texts.of(known) if known else "") or one.unit.replace("_", " ")


def _full(scope: Scope, name: str) -> None:
    """One metric: definition, today's formula, the standard in force here, sources, where it is shown, and its SQL."""
    try:
        one = metric(name, scope.version)
    except SqlFileError as error:
        st.error(texts.escape_markdown(texts.of(error)))
        return
    with st.container(border=True, gap="small", height="stretch", key="definition"):
        st.markdown(f"## {texts.of(one.title)}")
        st.markdown(f"{texts.escape_markdown(whole_name(scope))} · {_when(scope, one)} · {_stands(scope, one)}")
        st.markdown(texts.of(one.note) or texts.of(one.title))
        if formula := explanations.formula(one, scope):
            st.markdown(_("**公式** {formula}").format(formula=formula))
        for standard in explanations.standards(one, scope):
            st.markdown(standard)
        st.markdown(_("**单位** {unit}，{direction}").format(unit=_unit(one), direction=_direction(one)))
        tables = [texts.table(name) for name in lineage.sources(one.file) if name in texts.TABLES]
        st.markdown(
            _("**来源** 集市表 {mart}（{title}），由这些表而来：{tables}").format(
                mart=one.mart, title=texts.of(_mart(one) or Text("–", "–")), tables=texts.join_words(tables) or "–"
            )
        )
        _links(one)
        st.caption(f"sql/{one.file.path}")
        # As plain text: the highlighter alone is 1.7 MB to load.
        st.text(one.file.text)


def _stands(scope: Scope, one: Metric) -> str:
    """**12.7 人** ▼ 未达标: today's value, and how it stands where there is a standard."""
    row = one.rows(scope).row(0, named=True)
    state = status_of(row["value"], row["standard"], one.direction)
    return f"**{texts.amount(row['value'], one)}** {status.colour_text(status.label(state), state)}".strip()


def _when(scope: Scope, one: Metric) -> str:
    """期末 2026年6月, 期内 2026年1–6月: what of the period the value tells."""
    period = clip_period(scope)
    if one.aggregation == "latest":
        return _("{month}末").format(month=texts.month(period.last))
    return texts.period(period)


def _direction(one: Metric) -> str:
    return {"higher": _("越高越好"), "lower": _("越低越好"), "none": _("不分高低")}[one.direction]


def _links(one: Metric) -> None:
    """A link to every place that shows it, for the area and period asked, and to the map of it."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.markdown(_("**展示于**"))
        titles = page_list.titles()
        for place in metric_pages.locations().get(one.name, []):
            if place.page in titles:
                st.page_link(
                    metric_pages.PAGES / f"{place.page}.py",
                    label=_called(place, titles),
                    query_params=page_scope.params(view=place.view, metric=None),
                )
        st.page_link(
            metric_pages.PAGES / "coverage.py", label=_("地图"), query_params=page_scope.params(metric=one.name)
        )


def _pages(places: list[MetricLocation], titles: dict[str, str]) -> list[str]:
    """The titles of the pages among the places, each once."""
    return [titles[page] for page in dict.fromkeys(place.page for place in places) if page in titles]


def _called(place: MetricLocation, titles: dict[str, str]) -> str:
    """诉求 · 流程: the page's title and the view's."""
    return titles[place.page] if place.title is None else f"{titles[place.page]} · {_(place.title)}"


def published_table(scope: Scope) -> None:
    """What places published of themselves, quoted, beside what the rows give, with a link to where that is shown."""
    held = {
        code: area_name(areas(scope.version)[code])
        for code in published_figures.area_codes()
        if code in areas(scope.version)
    }
    if not held:
        st.info(_("公布过数字的地区都不在这份数据里。"))
        return
    asked = st.pills(
        _("地区"),
        list(held),
        format_func=texts.option_formatter(held),
        key="published_place",
        label_visibility="collapsed",
    )
    compared = pl.concat([published_figures.compare(scope.version, code) for code in held if asked in (None, code)])
    places, titles = metric_pages.locations(), page_list.titles()
    rows = pl.DataFrame(
        [
            _published(
                row, metric(row["metric"], scope.version), best_location(row["metric"], places, titles), titles, scope
            )
            for row in compared.iter_rows(named=True)
        ]
    )
    met = int(compared["is_met"].sum())
    with st.container(border=True, gap="xsmall", key="panel_published"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(gap=None, width="stretch"):
                if met == rows.height:
                    title = _("公布的 {count} 个数字，从行里算出来都相符").format(count=met)
                else:
                    title = _("公布的 {count} 个数字中 {off} 个与算出的不符").format(
                        count=rows.height, off=rows.height - met
                    )
                st.markdown(f"## {title}")
                st.caption(_("公布数字来自各地公开文字；算出的数字用本产品的 SQL 对演示或上报的行计算"))
            # What places have published of themselves is known to all.
            exports.download_buttons(rows, "published_figures", "published", lambda: rows)
        data_table.draw(
            rows,
            {
                "place": _("地区"),
                "quote": _("公布的原文"),
                "title": _("指标"),
                "period": _("时期"),
                "published": Column(_("公布"), is_number=True),
                "computed": Column(_("算出"), is_number=True),
                "met": _("是否相符"),
                "page": _("所在页面"),
                "link": Column(_("打开"), link=_("查看")),
            },
            f"published_{asked}",
            title,
            height=640,
        )


def _published(
    row: dict[str, Any], one: Metric, place: MetricLocation | None, titles: dict[str, str], scope: Scope
) -> dict[str, str | None]:
    """A published figure in words, with the link to the place that shows it."""
    signs = {"=": "", ">=": "≥ ", "standard =": _("标准") + " "}
    return {
        "place": row["place"],
        "quote": row["quote"],
        "title": texts.of(one.title) if texts.language() == "zh" else row["figure"].capitalize(),
        "period": texts.period(Period.parse(row["period"], scope.version.data_month)),
        "published": signs[row["comparison"]] + row["published"],
        "computed": texts.number(row["computed"], max(one.decimals, len(row["published"].partition(".")[2]))),
        "met": _("● 相符") if row["is_met"] else _("▼ 不符"),
        "page": _called(place, titles) if place else "–",
        "link": figure_url(row, place) if place else None,
    }


def best_location(name: str, places: dict[str, list[MetricLocation]], titles: dict[str, str]) -> MetricLocation | None:
    """The place to look a metric up: a number before a picture, the page itself before a view, its theme's page
    first."""
    theme = next((path.split("/")[1] for path in catalog.current_files() if path.endswith(f"/{name}.sql")), None)
    found = [place for place in places.get(name, []) if place.page in titles]
    return min(
        found, key=lambda place: (not place.is_number, place.page != theme, place.view is not None), default=None
    )


def figure_url(row: dict[str, Any], place: MetricLocation) -> str:
    """The relative URL of the place that shows a published figure, for its area, period and filter."""
    page = "./" if place.page == next(iter(page_list.titles())) else place.page
    filters = dict(item.split("=", 1) for item in (row["where"] or "").split(",") if item)
    asked = {"area": row["area_code"], "period": row["period"], "view": place.view, **filters}
    if texts.language() == "en":
        asked["lang"] = "en"
    return f"{page}?{urlencode({name: value for name, value in asked.items() if value})}"
