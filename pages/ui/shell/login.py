"""Admits users: asks for a login where one is configured, and lets in those whom access.toml names."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.server.startup import safety
from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.shell import audit_trail, current_user
from sql.errors import InputError
from sql.security import access
from sql.security.access import User
from sql.semantic.scope import areas


def admit() -> User | None:
    """Returns the user if they are admitted; else draws what to do, and nothing else may be drawn.

    Raises AccessFileError where access.toml cannot be used, SessionsError where the sessions cannot be read, InputError
    where the user's area is not in the data.
    """
    if safety.is_login_configured() and not current_user.is_logged_in():
        with _card():
            st.title(_("邻里看板"), anchor=False)
            st.write(_("请用单位的账号登录。"))
            if st.button(_("登录"), type="primary", key="login", icon=":material/login:", width="stretch"):
                st.login()
        return None
    user = current_user.person()
    if user is None:
        audit_trail.record_refusal("not_let_in")
        with _card():
            st.title(_("您还没有权限"), anchor=False)
            _explain(current_user.name())
            _logout_button()
        return None
    if user.area is not None and user.area not in areas(current_user.version()):
        raise InputError(
            f"access.toml 给您的区划 {user.area} 不在这份数据里；请管理员改正",
            f"access.toml gives you the area {user.area}, which is not in the data; ask an administrator to correct it",
        )
    return user


def _explain(name: str) -> None:
    """Explains which name was looked up in access.toml, and how the entry would have to read."""
    st.write(
        _("已用 {name} 登录，但它不在名单里。请管理员把它写进 access.toml。").format(
            name=texts.escape_markdown(name or "?")
        )
    )
    if name.startswith(access.SUBJECT_PREFIX):
        st.write(
            _(
                "登录服务没有确认邮箱是您的（email_verified 不是 true），所以只按它的编号找。"
                '名单里要写成 subject = "{subject}"，不是 who。'
            ).format(subject=texts.escape_markdown(name.removeprefix(access.SUBJECT_PREFIX)))
        )
    elif not name:
        st.write(_("登录服务既没有确认邮箱，也没有给出可用的编号（sub）；请管理员检查登录服务的设置。"))


def draw_logout(user: User) -> None:
    """Draws the user's name and the logout button; nothing where no login is configured."""
    if safety.is_login_configured():
        with st.container(gap=None, key="visitor"):
            st.text(user.name)
            _logout_button()


def _card() -> DeltaGenerator:
    return st.container(horizontal_alignment="center").container(border=True, width=420, key="door")


def _logout_button() -> None:
    if st.button(_("退出"), type="tertiary", key="logout", icon=":material/logout:"):
        st.logout()
