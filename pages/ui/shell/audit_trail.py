"""Writes the user's page views, exports and refusals to the audit log."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from math import inf

import streamlit as st

from pages.server.security import sockets
from pages.server.startup import safety
from pages.ui.i18n import texts
from pages.ui.shell import current_user, page_scope
from sql.audit import log
from sql.audit.log import AuditError, FileKind, Stamp
from sql.security import access
from sql.security.access import LOCAL_USER, Permission, PermissionDeniedError
from sql.semantic.scope import Scope

_PAGE, _LAST, _REFUSED = "recorded_page", "recorded_last", "recorded_refused"
# Pairs of user name and login digest.
_logins: set[tuple[str, object]] = set()
# Time of the last recorded refusal by user, page and code: repeated refusals leave at most one line per minute.
_refused_at: dict[tuple[str, str, str], float] = {}
_MIN_SECONDS, _MAX_REFUSED = 60, 1000
_NOT_IN_NAMES, _MAX_NAME = re.compile(r"[^\w.@+-]"), 40


def set_page(page: str) -> None:
    """Sets the page that later records name. Call before the page runs."""
    st.session_state[_PAGE] = page


def record_view(scope: Scope, *others: Scope) -> None:
    """Records the scope and the compared scopes where they differ from the session's last view; before it, the login.

    Where the log cannot be written the page says so, and the next run tries again.
    """
    scope = _with_url_filters(scope)
    # Filter values that are not in the data look the same in the log.
    view = (current_user.name(), _page(), scope.with_filters(*log.redact_filters(scope).items()), others)
    if st.session_state.get(_LAST) == view:
        return
    try:
        _record_login()
        detail = {"beside": [f"{other.area_code or 'all'} {other.period}" for other in others]} if others else {}
        log.record("view", current_user.name(), _page(), scope, detail=detail)
    except AuditError as error:
        st.warning(texts.escape_markdown(texts.of(error)), icon=":material/warning:")
    else:
        st.session_state[_LAST] = view


def prepare_export(what: str, kind: FileKind, scope: Scope | None = None) -> tuple[str, Callable[[int], Stamp]]:
    """Returns a suffix for the file's name (user, time, version, serial), for formats with no room for it inside, and a
    function that records the export. That runs in a thread without the page's context: given the number of rows, it
    returns the file's stamp.

    `scope` is what the file is about; by default the page's scope. The function raises AuditError where the export
    cannot be recorded or the user may no longer see the data: then no file is built.
    """
    scope = scope or _with_url_filters(page_scope.current())
    user_name, user, page, serial = current_user.name(), current_user.person(), _page(), log.new_serial()
    login = current_user.login()

    def stamp(rows: int) -> Stamp:
        # Streamlit builds the file for anyone who names the button, on any socket.
        if user != LOCAL_USER and (access.find_user(user_name) != user or sockets.login_digest.get() != login):
            log.record("refused", user_name, page, scope, detail={"what": what, "file": kind})
            raise AuditError("权限已变，请刷新页面", "your permissions have changed; reload the page")
        return log.record_export(user_name, page, scope, what, kind, rows, serial)

    parts = (
        _NOT_IN_NAMES.sub("_", user_name)[:_MAX_NAME],
        f"{datetime.now():%Y%m%dT%H%M%S}",
        scope.version.name,
        serial,
    )
    return "_".join(parts), stamp


def record_statement(statement: str, scope: Scope, rows: int | None = None) -> None:
    """Records an SQL statement without the literals typed into it. Raises AuditError: then it must not be executed."""
    log.record("sql", current_user.name(), _page(), scope, rows, log.redact_statement(statement))


def record_change(permission: Permission, what: str, scope: Scope, **detail: str | int) -> None:
    """Records that the user changes something of an area; `what` and `detail` are codes and names from closed lists.

    Call it after all other checks, right before the change is saved: a change that is refused has no entry. Raises
    PermissionDeniedError where the user lacks the permission or the area now, whatever they had when the page was
    drawn, and AuditError where it cannot be recorded: then nothing may be saved.
    """
    require(permission, scope)
    log.record("change", current_user.name(), _page(), scope, detail={"what": what, **detail})


def require(permission: Permission, scope: Scope) -> None:
    """Raises PermissionDeniedError, and records the refusal, where the user lacks the permission now or the area is
    outside theirs."""
    if not current_user.may(permission) or not current_user.can_see(scope.area_code):
        record_refusal(permission)
        raise PermissionDeniedError(
            "您没有做这件事的权限，或权限刚刚变了；没有保存任何内容。请刷新页面，需要时请管理员改 access.toml",
            "you do not have permission for this, or it has just changed; nothing was saved. Reload the page, and ask "
            "an administrator to change access.toml if you need it",
        )


def record_refusal(what: str) -> None:
    """Records that the user was refused entry or an action, at most once per session and page and once a minute. `what`
    is a code. The refusal stands even where it cannot be recorded."""
    refusal = (current_user.name(), _page(), what)
    if st.session_state.get(_REFUSED) == refusal or _refused_at.get(refusal, -inf) > time.monotonic() - _MIN_SECONDS:
        return
    with suppress(AuditError):
        log.record("refused", current_user.name(), _page(), detail={"what": what})
        st.session_state[_REFUSED] = refusal
        _refused_at[refusal] = time.monotonic()
        while len(_refused_at) > _MAX_REFUSED:
            del _refused_at[next(iter(_refused_at))]


def _record_login() -> None:
    """Records the login once: reloading a page is no new login; a restarted server records it again."""
    if not safety.is_login_configured():
        return
    login = (current_user.name(), current_user.login())
    if login not in _logins:
        log.record("login", current_user.name(), _page())
        _logins.add(login)


def _page() -> str:
    return st.session_state.get(_PAGE, "")


def _with_url_filters(scope: Scope) -> Scope:
    """Returns the scope with the filters in the URL, before the page declares which of them it has."""
    names = log.filter_columns(scope.version) - set(page_scope.SHARED_PARAMETERS)
    return scope.with_filters(
        *sorted((name, value) for name, value in st.query_params.items() if name in names and value)
    )
