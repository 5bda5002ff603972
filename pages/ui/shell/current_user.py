"""Who looks, and the version as they may see it. Every page asks here, on every run."""

from __future__ import annotations

import streamlit as st

from pages.server.sessions import cookies, store
from pages.server.startup import safety
from sql import warehouse
from sql.security import access
from sql.security.access import LOCAL_USER, Permission, User
from sql.semantic.scope import areas
from sql.warehouse import Version


def is_logged_in() -> bool:
    """Returns whether the login that the page was asked for with stands: its cookie is one that this server signed, and
    has not ended here. Raises SessionsError."""
    session = store.find(login())
    # Streamlit's own word is of when the page's socket was opened; a socket opened anew has other cookies.
    return bool(st.user.is_logged_in) and session is not None and session.name == name()


def login() -> str | None:
    """Returns the digest by which the server knows the login that the page was asked for with; None without a login."""
    return cookies.digest(st.context.cookies.to_dict()) if safety.is_login_configured() else None


def person() -> User | None:
    """Returns who looks: whoever sits at the machine where no login is configured; None for whom access.toml does not
    have, and without a login that stands. Raises SessionsError."""
    if not safety.is_login_configured():
        return LOCAL_USER
    return access.find_user(name()) if is_logged_in() else None


def may(permission: Permission) -> bool:
    """Returns whether who looks has that permission now."""
    looks = person()
    return looks is not None and looks.has_permission(permission)


def can_see(area_code: str | None) -> bool:
    """Returns whether an area is the one of who looks, or lies in it now; None is everything there is."""
    own = area()
    return own is None or (area_code is not None and area_code in areas(version()))


def is_office() -> bool:
    """Returns true where who looks works with exact numbers of people; everybody else is given rounded ones to take
    away."""
    looks = person()
    return looks is not None and looks.is_office


def name() -> str:
    """Returns the name of who looks, as access.toml and the audit log have it; empty before a login."""
    if not safety.is_login_configured():
        return LOCAL_USER.name
    return access.name_from_claims(st.user.to_dict())


def version() -> Version:
    """The version that is current now, with what who looks may see of it."""
    return restrict(warehouse.current_version())


def restrict(whole: Version) -> Version:
    """A version with what who looks may see of it."""
    return whole.restrict_to(area())


def area() -> str | None:
    """The area that, with what is below it, is all that who looks may see; None: everything is."""
    looks = person()
    # The frame lets nobody in whom access.toml does not have: whatever asks before it sees nothing.
    return looks.area if looks else ""
