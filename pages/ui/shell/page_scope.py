"""Reads the page's scope from the URL, and makes links that keep it."""

from __future__ import annotations

import streamlit as st

from pages.ui.i18n.texts import _
from pages.ui.shell import current_user, selection
from sql.errors import InputError
from sql.security.release import Policy
from sql.semantic.periods import Period
from sql.semantic.scope import Scope, areas
from sql.warehouse import Version

# Session-state key of the briefing menu: while it is open the page shows only what may be exported.
BRIEFING = "briefing"
SHARED_PARAMETERS = ("area", "period", "lang", "metric", "places", "compare")


def current() -> Scope:
    """Returns the scope in the URL, in the current version, as the user may see it.

    An area that they may not see becomes all they may see; a period that cannot be read becomes this year;
    `url_problems` reports both. While the page shows what they may export, counts of people are rounded.
    """
    version = current_user.version()
    if is_for_export():
        version = current_user.policy().view(version)
    return Scope(version, _area(version), _period(version) or _this_year(version))


def is_for_export() -> bool:
    """Returns true while the page shows what a user outside the office may export: a briefing contains exactly what the
    page shows."""
    return bool(st.session_state.get(BRIEFING)) and current_user.policy() is Policy.OUTSIDE


def level_below(scope: Scope) -> str:
    """Returns the dimension one level down, for charts drawn only where there is one. Raises LookupError in a
    community."""
    level = scope.child_level
    if level is None:
        raise LookupError(f"{scope.area.name} has only grids below it")
    return level


def is_unknown_area() -> bool:
    """Returns true where the URL's area does not exist or lies outside the user's."""
    return st.query_params.get("area") not in (None, _area(current_user.version()))


def url_problems() -> list[str]:
    """Returns what the URL asks for that does not exist, for the frame to report once."""
    version = current_user.version()
    problems = []
    if is_unknown_area():
        problems.append(
            _("没有这个区划，显示全部。")
            if version.area is None
            else _("没有这个区划，或不在您的范围内；显示您的区域。")
        )
    if _period(version) is None:
        problems.append(_("时期读不懂，显示今年。"))
    return problems


def _area(version: Version) -> str | None:
    code = st.query_params.get("area")
    return code if code is not None and code in areas(version) else version.area


def _period(version: Version) -> Period | None:
    try:
        return Period.parse(st.query_params.get("period", str(_this_year(version))), version.data_month)
    except InputError:
        return None


def _this_year(version: Version) -> Period:
    return Period.parse(str(version.data_month.year), version.data_month)


def params(**changes: str | None) -> dict[str, str]:
    """Returns the URL's parameters with some changed; None removes one."""
    current_params = {name: st.query_params[name] for name in SHARED_PARAMETERS if name in st.query_params}
    return {name: value for name, value in (current_params | changes).items() if value is not None}


def go_to_area(code: str | None) -> None:
    """Opens the same page for another area. Call from a widget callback."""
    set_parameter("area", code)


def set_from_widget(name: str, widget: str) -> None:
    """Sets one URL parameter to a widget's value, if it has one. Call from the widget's callback."""
    if (chosen_value := selection.value(widget)) is not None:
        set_parameter(name, chosen_value)


def set_parameter(name: str, value: str | None) -> None:
    """Sets one URL parameter, or removes it for None. Call from a widget callback."""
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
