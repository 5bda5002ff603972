"""What the page is about, from the URL; and links that keep it."""

from __future__ import annotations

import streamlit as st

from pages.ui.i18n.texts import _
from pages.ui.shell import current_user, selection
from sql.errors import InputError
from sql.semantic.periods import Period
from sql.semantic.scope import Scope, areas
from sql.warehouse import Version

# The menu of the briefing: while it is open the page tells what may be taken away.
BRIEFING = "briefing"
SHARED_PARAMETERS = ("area", "period", "lang", "metric", "places", "compare")


def current() -> Scope:
    """The scope that the URL asks for, in the version that is current now, as who looks may see it.

    An area that is not there for them is all they may see, a period that cannot be read is this year; `complaints` says
    so. While what they may take away is shown, counts of people are rounded.
    """
    version = current_user.version().with_rounding if is_for_export() else current_user.version()
    return Scope(version, _area(version), _period(version) or _this_year(version))


def is_for_export() -> bool:
    """Returns true while the page shows what somebody who is not of the office may take away: a briefing holds exactly
    what the page shows."""
    return bool(st.session_state.get(BRIEFING)) and not current_user.is_office()


def level_below(scope: Scope) -> str:
    """Gives the dimension one step down, for what is drawn only where there is one. Raises LookupError in a
    community."""
    level = scope.child_level
    if level is None:
        raise LookupError(f"below {scope.area.name} there are only grids")
    return level


def is_unknown_area() -> bool:
    """Whether the URL asks for an area that is none of who looks, or is none at all."""
    return st.query_params.get("area") not in (None, _area(current_user.version()))


def url_problems() -> list[str]:
    """What the URL asks for that is not there, for the frame to tell once."""
    version = current_user.version()
    found = []
    if is_unknown_area():
        found.append(
            _("没有这个区划，显示全部。")
            if version.area is None
            else _("没有这个区划，或不在您的范围内；显示您的区域。")
        )
    if _period(version) is None:
        found.append(_("时期读不懂，显示今年。"))
    return found


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
    """The URL's parameters with some changed; None takes one away."""
    kept = {name: st.query_params[name] for name in SHARED_PARAMETERS if name in st.query_params}
    return {name: value for name, value in (kept | changes).items() if value is not None}


def go_to_area(code: str | None) -> None:
    """Shows the same page for another area; to be called from a widget's callback."""
    set_parameter("area", code)


def set_from_widget(name: str, widget: str) -> None:
    """Sets one parameter of the URL to what a widget stands at, if it does at anything; to be called from its
    callback."""
    if (chosen := selection.value(widget)) is not None:
        set_parameter(name, chosen)


def set_parameter(name: str, value: str | None) -> None:
    """Sets one parameter of the URL, or takes it away; to be called from a widget's callback."""
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
