"""Draws the figures that districts published, beside the computed ones."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.names import area_name
from pages.ui.i18n.texts import _
from pages.ui.kit import metric_pages
from pages.ui.kit.metric_pages import MetricLocation
from pages.ui.kit.tables import data_table, exports
from pages.ui.kit.tables.columns import Column
from pages.ui.shell import page_list
from sql.quality import published_figures
from sql.security.release import Frame
from sql.semantic.metrics import Metric, metric
from sql.semantic.periods import Period
from sql.semantic.scope import Scope, areas


def published(scope: Scope) -> None:
    """Draws the figures that districts published, quoted, beside the computed ones, with a link to the page that shows
    them."""
    area_names = {
        code: area_name(areas(scope.version)[code])
        for code in published_figures.area_codes()
        if code in areas(scope.version)
    }
    if not area_names:
        st.info(_("公布过数字的地区都不在这份数据里。"))
        return
    selected_code = st.pills(
        _("地区"),
        list(area_names),
        format_func=texts.option_formatter(area_names),
        key="published_place",
        label_visibility="collapsed",
    )
    figures = pl.concat(
        [published_figures.compare(scope.version, code) for code in area_names if selected_code in (None, code)]
    )
    locations, titles = metric_pages.locations(), page_list.titles()
    rows = pl.DataFrame(
        [
            _figure_row(
                row,
                metric(row["metric"], scope.version),
                metric_pages.best_location(row["metric"], locations, titles),
                titles,
                scope,
            )
            for row in figures.iter_rows(named=True)
        ]
    )
    met_count = int(figures["is_met"].sum())
    with st.container(border=True, gap="xsmall", key="panel_published"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(gap=None, width="stretch"):
                if met_count == rows.height:
                    title = _("公布的 {count} 个数字，从行里算出来都相符").format(count=met_count)
                else:
                    title = _("公布的 {count} 个数字中 {off} 个与算出的不符").format(
                        count=rows.height, off=rows.height - met_count
                    )
                st.markdown(f"## {title}")
                st.caption(_("公布数字来自各地公开文字；算出的数字用本产品的 SQL 对演示或上报的行计算"))
            # Published figures are public: everybody may export them.
            exports.download_buttons(Frame.public(rows), "published_figures", "published")
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
            f"published_{selected_code}",
            title,
            height=640,
        )


def _figure_row(
    row: dict[str, Any], figure_metric: Metric, location: MetricLocation | None, titles: dict[str, str], scope: Scope
) -> dict[str, str | None]:
    """Returns a published figure in words, with a link to the page that shows it."""
    signs = {"=": "", ">=": "≥ ", "standard =": _("标准") + " "}
    return {
        "place": row["place"],
        "quote": row["quote"],
        "title": texts.of(figure_metric.title) if texts.language() == "zh" else row["figure"].capitalize(),
        "period": texts.period(Period.parse(row["period"], scope.version.data_month)),
        "published": signs[row["comparison"]] + row["published"],
        "computed": texts.number(row["computed"], max(figure_metric.decimals, len(row["published"].partition(".")[2]))),
        "met": _("● 相符") if row["is_met"] else _("▼ 不符"),
        "page": metric_pages.location_title(location, titles) if location else "–",
        "link": figure_url(row, location) if location else None,
    }


def figure_url(row: dict[str, Any], location: MetricLocation) -> str:
    """Returns the relative URL of the location that shows a published figure, for its area, period and filter."""
    page = "./" if location.page == next(iter(page_list.titles())) else location.page
    filters = dict(item.split("=", 1) for item in (row["where"] or "").split(",") if item)
    parameters = {"area": row["area_code"], "period": row["period"], "view": location.view, **filters}
    if texts.language() == "en":
        parameters["lang"] = "en"
    return f"{page}?{urlencode({name: value for name, value in parameters.items() if value})}"
