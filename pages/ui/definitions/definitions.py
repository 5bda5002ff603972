"""Draws the list of all metrics, and one of them in full."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.ui.i18n import phrases, texts
from pages.ui.i18n.names import whole_name
from pages.ui.i18n.texts import _
from pages.ui.kit import metric_pages, status, themes
from pages.ui.kit.metric_pages import MetricLocation
from pages.ui.kit.panels import explanations
from pages.ui.kit.tables import data_table, exports
from pages.ui.kit.tables.columns import Column
from pages.ui.kit.targets import Targets
from pages.ui.shell import page_list, page_scope
from sql.errors import SqlFileError
from sql.files.sql_file import SqlFile, Text
from sql.security.release import Frame
from sql.semantic.catalog import catalog, lineage
from sql.semantic.metrics import Metric, metric
from sql.semantic.readings import clip_period, row_status
from sql.semantic.scope import Scope
from sql.source_tables import SOURCE_TABLES

# URL parameter of the metric shown in full; the map uses the same one.
PARAMETER = "metric"


def metrics(scope: Scope) -> None:
    """Draws the metrics that match the search and the theme, and the selected one in full."""
    words, theme = _search()
    matches = _search_metrics(_metrics(scope), words, theme)
    if not matches:
        st.info(_("没有这样的指标；换一个词或清除主题。"))
        return
    selected = next((match for match in matches if match.name == st.query_params.get(PARAMETER)), matches[0])
    left, right = st.columns([11, 9])
    with left:
        _list(scope, matches, selected, key=f"definitions_{theme}_{words}")
    with right:
        _draw_definition(scope, selected.name)


def _metrics(scope: Scope) -> list[Metric]:
    """Returns all metrics as defined in their files, by theme and title. They are not executed, so that the list is
    fast."""
    ranks = {folder: rank for rank, folder in enumerate(themes.titles())}
    files = [
        file
        for path, file in catalog.current_files().items()
        if path.startswith("metrics/") and isinstance(file, SqlFile)
    ]
    files.sort(key=lambda file: (ranks.get(themes.theme_of(file), len(ranks)), file.title.zh))
    return [Metric(file, scope.version) for file in files]


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
            list(themes.titles()),
            format_func=texts.option_formatter(themes.titles()),
            key="definitions_theme",
            label_visibility="collapsed",
        )
    return words.strip().lower(), theme


def _search_metrics(metrics: list[Metric], words: str, theme: str | None) -> list[Metric]:
    return [
        candidate
        for candidate in metrics
        if theme in (None, themes.theme_of(candidate.file))
        and all(word in _searchable_text(candidate) for word in words.split())
    ]


def _searchable_text(listed_metric: Metric) -> str:
    return " ".join([listed_metric.file.path, listed_metric.file.text, *(_mart(listed_metric) or ())]).lower()


def _mart(listed_metric: Metric) -> Text | None:
    """Returns the title of the mart that the metric aggregates; None where it cannot be read."""
    mart = catalog.current_files().get(f"marts/{lineage.mart(listed_metric.file)}.sql")
    return mart.title if isinstance(mart, SqlFile) else None


def _list(scope: Scope, matches: list[Metric], selected: Metric, key: str) -> None:
    """Draws the metrics as rows. The table's key changes only with the search, so that it keeps its scroll position."""
    locations, titles = metric_pages.locations(), page_list.titles()
    rows = pl.DataFrame(
        {
            "metric": [match.name for match in matches],
            "theme": [themes.title_of(match.file) for match in matches],
            "title": [texts.of(match.title) for match in matches],
            "unit": [_unit(match) for match in matches],
            "standard": [_standard(scope, match) for match in matches],
            "pages": [texts.join_words(_pages(locations.get(match.name, []), titles)) for match in matches],
            "note": [texts.of(match.note) for match in matches],
            "mart": [texts.of(mart) if (mart := _mart(match)) else "" for match in matches],
            "file": [f"sql/{match.file.path}" for match in matches],
        }
    )

    with st.container(border=True, gap="xsmall", height="stretch"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("## " + _("{count} 个指标").format(count=rows.height), width="stretch")
            exports.download_buttons(Frame.public(rows), "definitions", "definitions")
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
            choose=lambda index: page_scope.set_parameter(PARAMETER, rows["metric"][index]),
            selected=matches.index(selected),
        )


def _standard(scope: Scope, listed_metric: Metric) -> str:
    """Returns what the metric is held against here. Most metrics have no standard and are not queried."""
    if " as standard" not in listed_metric.file.text:
        return ""
    try:
        row = metric(listed_metric.name, scope.version).rows(scope).row(0, named=True)
    except SqlFileError:
        return ""
    return Targets.of_row(listed_metric, row).cell()


def _unit(listed_metric: Metric) -> str:
    """Returns the unit's word, else its name in the file, where English needs no word or none is defined."""
    word = texts.UNITS.get(listed_metric.unit)
    return (texts.of(word) if word else "") or listed_metric.unit.replace("_", " ")


def _draw_definition(scope: Scope, name: str) -> None:
    """Draws one metric: definition, formula with current numbers, standard in force, sources, pages that show it, and
    SQL."""
    try:
        selected = metric(name, scope.version)
    except SqlFileError as error:
        st.error(texts.escape_markdown(texts.of(error)))
        return
    with st.container(border=True, gap="small", height="stretch", key="definition"):
        st.markdown(f"## {texts.of(selected.title)}")
        parts = (texts.escape_markdown(whole_name(scope)), _period_text(scope, selected), _value_text(scope, selected))
        st.markdown(" · ".join(parts))
        st.markdown(texts.of(selected.note) or texts.of(selected.title))
        if formula := explanations.formula(selected, scope):
            st.markdown(_("**公式** {formula}").format(formula=formula))
        for standard in explanations.standards(selected, scope):
            st.markdown(standard)
        st.markdown(_("**单位** {unit}，{direction}").format(unit=_unit(selected), direction=_direction(selected)))
        tables = [texts.table(name) for name in lineage.sources(selected.file) if name in SOURCE_TABLES]
        st.markdown(
            _("**来源** 集市表 {mart}（{title}），由这些表而来：{tables}").format(
                mart=selected.mart,
                title=texts.of(_mart(selected) or Text("–", "–")),
                tables=texts.join_words(tables) or "–",
            )
        )
        _links(selected)
        st.caption(f"sql/{selected.file.path}")
        # Plain text: the syntax highlighter alone is 1.7 MB to load.
        st.text(selected.file.text)


def _value_text(scope: Scope, selected: Metric) -> str:
    """Returns the current value, with its status where there is a standard: **12.7 人** ▼ 未达标."""
    row = selected.rows(scope).row(0, named=True)
    state = row_status(row, selected)
    return f"**{texts.amount(row['value'], selected)}** {status.colour_text(status.label(state), state)}".strip()


def _period_text(scope: Scope, selected: Metric) -> str:
    """Returns the part of the period that the value covers: 2026年6月末, 2026年1–6月."""
    if selected.aggregation == "latest":
        return _("{month}末").format(month=texts.month(clip_period(scope).last))
    return phrases.span(selected, scope)


def _direction(selected: Metric) -> str:
    return {"higher": _("越高越好"), "lower": _("越低越好"), "none": _("不分高低")}[selected.direction]


def _links(selected: Metric) -> None:
    """Draws a link to every page that shows the metric, for the current area and period, and to its map."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.markdown(_("**展示于**"))
        titles = page_list.titles()
        for location in metric_pages.locations().get(selected.name, []):
            if location.page in titles:
                st.page_link(
                    metric_pages.PAGES / f"{location.page}.py",
                    label=metric_pages.location_title(location, titles),
                    query_params=page_scope.params(view=location.view, metric=None),
                )
        st.page_link(
            metric_pages.PAGES / "coverage.py", label=_("地图"), query_params=page_scope.params(metric=selected.name)
        )


def _pages(locations: list[MetricLocation], titles: dict[str, str]) -> list[str]:
    """Returns the titles of the locations' pages, each once."""
    return [titles[page] for page in dict.fromkeys(location.page for location in locations) if page in titles]
