"""The choice of the metric that a map shows."""

from __future__ import annotations

from pathlib import PurePosixPath

import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.shell import page_scope
from sql import metric
from sql.semantic.files import catalog
from sql.semantic.files.dimensions import AREA_DIMENSIONS
from sql.semantic.metrics import Metric
from sql.semantic.scope import Scope

PARAMETER = "metric"


def choose_metric(scope: Scope, default: str) -> Metric:
    """The metric that the URL names, and a list, by theme, of all that can be told by area."""
    offered = {
        known.name: known
        for known in (metric(name, scope.version) for name in catalog.names("metrics"))
        if set(AREA_DIMENSIONS) & set(known.dimensions)
    }
    names = sorted(offered, key=lambda name: offered[name].file.path)
    asked = st.query_params.get(PARAMETER, default)
    current = asked if asked in offered else default
    # As with the period, a link that changes the metric makes a new widget.
    key = f"map_metric_{current}"
    st.selectbox(
        _("地图指标"),
        names,
        index=names.index(current),
        key=key,
        label_visibility="collapsed",
        width=420,
        format_func=lambda name: f"{_theme(offered[name])} · {texts.of(offered[name].title)}",
        on_change=page_scope.set_from_widget,
        args=(PARAMETER, key),
    )
    return offered[current]


def _theme(known: Metric) -> str:
    words = {
        "grid": _("网格"),
        "staffing": _("配备"),
        "workforce": _("队伍"),
        "training": _("培训"),
        "assessment": _("考核"),
        "partners": _("合伙人"),
        "requests": _("诉求"),
        "alliances": _("商铺与物业"),
        "organisation": _("组织体系"),
        "activities": _("活动"),
        "points": _("积分"),
    }
    folder = PurePosixPath(known.file.path).parent.name
    return words.get(folder, folder)
