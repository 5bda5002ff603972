"""Builds the headline of the definitions page: how many metrics there are, each in a file."""

from __future__ import annotations

from pages.ui.i18n.names import whole_name
from pages.ui.i18n.texts import _
from pages.ui.kit import metric_pages
from sql.semantic.catalog import catalog
from sql.semantic.scope import Scope


def headline(scope: Scope) -> str:
    """Returns how many metrics there are, each with its SQL file, and how many are shown on a page."""
    names = catalog.names("metrics")
    on_pages = len(set(names) & set(metric_pages.locations()))
    return _("{who}的每个数字都出自 {count} 个指标，各有一份 SQL，{shown} 个在页面上。").format(
        who=whole_name(scope), count=len(names), shown=on_pages
    )
