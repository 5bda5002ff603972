"""What the page is about, from the URL; and links that keep it."""
from __future__ import annotations

import streamlit as st

from pages.ui.texts import _
from sql import warehouse
from sql.errors import AskError
from sql.periods import Period
from sql.scope import Scope, areas

KEPT = ("area", "period", "lang", "metric")


def current() -> Scope:
    """The scope that the URL asks for, in the version that is current now.

    An area or period that is not there is told on the page, and the widest is shown instead.
    """
    version = warehouse.current()
    code = st.query_params.get("area")
    if code not in areas(version):
        st.warning(_("没有这个区划，显示全部。"))
        code = None
    default = Period.parse(str(version.data_month.year), version.data_month)
    try:
        period = Period.parse(st.query_params.get("period", str(default)), version.data_month)
    except AskError:
        st.warning(_("时期读不懂，显示今年。"))
        period = default
    return Scope(version, code, period)


def params(**changes: str | None) -> dict[str, str]:
    """The URL's parameters with some changed; None takes one away."""
    kept = {name: st.query_params[name] for name in KEPT if name in st.query_params}
    return {name: value for name, value in (kept | changes).items() if value is not None}


def go_to_area(code: str | None) -> None:
    """Shows the same page for another area; to be called from a widget's callback."""
    change("area", code)


def change(name: str, value: str | None) -> None:
    """Sets one parameter of the URL, or takes it away; to be called from a widget's callback."""
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
