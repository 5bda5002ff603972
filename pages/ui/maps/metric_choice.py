"""Draws the choice of the metric that a map shows."""

from __future__ import annotations

import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit import themes
from pages.ui.shell import page_scope
from sql import metric
from sql.files.columns import AREA_DIMENSIONS
from sql.semantic.catalog import catalog
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope

PARAMETER = "metric"


def choose_metric(scope: Scope, default: str) -> Metric:
    """Draws a list, by theme, of all metrics with an area dimension, and returns the one in the URL, else the
    default."""
    metrics = {
        candidate.name: candidate
        for candidate in (metric(name, scope.version) for name in catalog.names("metrics"))
        if set(AREA_DIMENSIONS) & set(candidate.dimensions)
    }
    names = sorted(metrics, key=lambda name: metrics[name].file.path)
    requested = st.query_params.get(PARAMETER, default)
    current = requested if requested in metrics else default
    # As with the period, a link that changes the metric makes a new widget.
    key = f"map_metric_{current}"
    st.selectbox(
        _("地图指标"),
        names,
        index=names.index(current),
        key=key,
        label_visibility="collapsed",
        width=420,
        format_func=lambda name: f"{themes.title_of(metrics[name].file)} · {texts.of(metrics[name].title)}",
        on_change=page_scope.set_from_widget,
        args=(PARAMETER, key),
    )
    return metrics[current]
