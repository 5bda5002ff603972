"""Returns the current user and the version restricted to what they may see. Every page run reads it anew."""

from __future__ import annotations

import streamlit as st

from pages.server.sessions import cookies, store
from pages.server.startup import safety
from sql import warehouse
from sql.security import access
from sql.security.access import LOCAL_USER, Permission, User
from sql.security.release import Policy
from sql.semantic.scope import areas
from sql.warehouse import Version


def is_logged_in() -> bool:
    """Returns whether the login that the page was requested with is valid: this server signed its cookie, and has not
    ended it. Raises SessionsError."""
    session = store.find(login())
    # Streamlit's answer dates from the opening of the page's socket; a reopened socket has other cookies.
    return bool(st.user.is_logged_in) and session is not None and session.name == name()


def login() -> str | None:
    """Returns the digest by which the server identifies the login that the page was requested with; None without
    one."""
    return cookies.digest(st.context.cookies.to_dict()) if safety.is_login_configured() else None


def person() -> User | None:
    """Returns the current user: the local user where no login is configured; None for a user missing from access.toml
    or without a valid login. Raises SessionsError."""
    if not safety.is_login_configured():
        return LOCAL_USER
    return access.find_user(name()) if is_logged_in() else None


def may(permission: Permission) -> bool:
    """Returns whether the user has that permission now."""
    user = person()
    return user is not None and user.has_permission(permission)


def is_administrator() -> bool:
    """Returns whether the user runs the server: only administrators are told its commands and paths."""
    user = person()
    return user is not None and "administrator" in user.roles


def can_see(area_code: str | None) -> bool:
    """Returns whether an area is in the user's area now; None is the whole."""
    user_area = area()
    return user_area is None or (area_code is not None and area_code in areas(version()))


def policy() -> Policy:
    """Returns the policy under which rows leave with the user."""
    user = person()
    return Policy.OFFICE if user is not None and user.is_office else Policy.OUTSIDE


def name() -> str:
    """Returns the user's name as access.toml and the audit log have it; empty before a login."""
    if not safety.is_login_configured():
        return LOCAL_USER.name
    return access.name_from_claims(st.user.to_dict())


def version() -> Version:
    """Returns the current version, restricted to what the user may see."""
    return restrict(warehouse.current_version())


def restrict(version: Version) -> Version:
    """Returns a version restricted to what the user may see."""
    return version.restrict_to(area())


def area() -> str | None:
    """Returns the code of the area that the user may see, with the areas below it; None is everything."""
    user = person()
    # The frame admits only users in access.toml; code that runs before it sees nothing.
    return user.area if user else ""
