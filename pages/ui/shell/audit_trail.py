"""What who looks does, for the audit log: which page of what, which rows taken away, what was refused."""

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
from sql.audit.log import AuditError, Stamp
from sql.security import access
from sql.security.access import LOCAL_USER, Permission, PermissionDeniedError
from sql.semantic.scope import Scope

_PAGE, _LAST, _REFUSED = "recorded_page", "recorded_last", "recorded_refused"
# By name and by the digest that the server knows the login by.
_logins: set[tuple[str, object]] = set()
# When somebody was last refused something on a page: who opens it again and again leaves a line a minute.
_refused_at: dict[tuple[str, str, str], float] = {}
_MIN_SECONDS, _MAX_REFUSED = 60, 1000
_NOT_IN_NAMES, _MAX_NAME = re.compile(r"[^\w.@+-]"), 40


def set_page(page: str) -> None:
    """Before a page runs: what is done from now on is done there."""
    st.session_state[_PAGE] = page


def record_view(scope: Scope, *beside: Scope) -> None:
    """Records what is looked at, and what it is compared with, where that is not what this session looked at last; and
    before it that they logged in.

    Where it cannot be written it says so here, and the next run tries again.
    """
    scope = _filtered(scope)
    # Values that the data do not know are one and the same in the log.
    seen = (current_user.name(), _page(), scope.with_filters(*log.redact_filters(scope).items()), beside)
    if st.session_state.get(_LAST) == seen:
        return
    try:
        _login()
        compared = {"beside": [f"{other.area_code or 'all'} {other.period}" for other in beside]} if beside else {}
        log.record("view", current_user.name(), _page(), scope, detail=compared)
    except AuditError as error:
        st.warning(texts.escape_markdown(texts.of(error)), icon=":material/warning:")
    else:
        st.session_state[_LAST] = seen


def prepare_export(what: str, kind: str, scope: Scope | None = None) -> tuple[str, Callable[[int], Stamp]]:
    """What a file that may be taken away carries in its name where there is no place for it inside: who, when, version,
    serial; and what records it when it is taken, in a thread that knows nothing of the page: given how many rows it
    has, that gives the file's stamp.

    `scope` is what it is of; without it, what the page shows. Raises AuditError then where it cannot be recorded or
    where who asks may no longer look: no file is given.
    """
    scope = scope or _filtered(page_scope.current())
    who, looks, page, serial = current_user.name(), current_user.person(), _page(), log.new_serial()
    login = current_user.login()

    def stamp(rows: int) -> Stamp:
        # Streamlit makes a file for whoever names the button, on whichever socket.
        if looks != LOCAL_USER and (access.find_user(who) != looks or sockets.login_digest.get() != login):
            log.record("refused", who, page, scope, detail={"what": what, "file": kind})
            raise AuditError("权限已变，请刷新页面", "what you may see has changed; reload the page")
        return log.record_export(who, page, scope, what, kind, rows, serial)

    parts = (_NOT_IN_NAMES.sub("_", who)[:_MAX_NAME], f"{datetime.now():%Y%m%dT%H%M%S}", scope.version.name, serial)
    return "_".join(parts), stamp


def record_statement(statement: str, scope: Scope, rows: int | None = None) -> None:
    """Records a statement of SQL, without what was typed into it. Raises AuditError: then it is not to be answered."""
    log.record("sql", current_user.name(), _page(), scope, rows, log.redact_statement(statement))


def record_change(permission: Permission, what: str, scope: Scope, **detail: str | int) -> None:
    """Records that who looks changes something of an area; `what` and `detail` are codes and names from closed lists.

    Call it once all else has been checked, right before the change is kept: a change that is refused has no entry.
    Raises RefusedError where they have not that permission, or not there, whatever they had when the page was drawn,
    and AuditError where it cannot be recorded: then nothing is to be kept.
    """
    require(permission, scope)
    log.record("change", current_user.name(), _page(), scope, detail={"what": what, **detail})


def require(permission: Permission, scope: Scope) -> None:
    """Raises RefusedError, and records that, where who looks has not the permission now, or the area is none of
    theirs."""
    if not current_user.may(permission) or not current_user.can_see(scope.area_code):
        record_refusal(permission)
        raise PermissionDeniedError(
            "您没有做这件事的权限，或权限刚刚变了；没有保存任何内容。请刷新页面，需要时请管理员改 access.toml",
            "you may not do this, or not any more; nothing was kept. Reload the page, and ask an administrator "
            "to change access.toml if you need it",
        )


def record_refusal(what: str) -> None:
    """Records, once a session and page and at most once a minute, that somebody was not let in or not let do something;
    `what` is a code. Where it cannot be written they are refused all the same."""
    seen = (current_user.name(), _page(), what)
    if st.session_state.get(_REFUSED) == seen or _refused_at.get(seen, -inf) > time.monotonic() - _MIN_SECONDS:
        return
    with suppress(AuditError):
        log.record("refused", current_user.name(), _page(), detail={"what": what})
        st.session_state[_REFUSED] = seen
        _refused_at[seen] = time.monotonic()
        while len(_refused_at) > _MAX_REFUSED:
            del _refused_at[next(iter(_refused_at))]


def _login() -> None:
    """Records that who looks has logged in, once a login: a page opened anew is none, a server started anew forgets."""
    if not safety.is_login_configured():
        return
    login = (current_user.name(), current_user.login())
    if login not in _logins:
        log.record("login", current_user.name(), _page())
        _logins.add(login)


def _page() -> str:
    return st.session_state.get(_PAGE, "")


def _filtered(scope: Scope) -> Scope:
    """The scope with the filters that the URL names, before the page says which of them it has."""
    names = log.filter_columns(scope.version) - set(page_scope.SHARED_PARAMETERS)
    return scope.with_filters(
        *sorted((name, value) for name, value in st.query_params.items() if name in names and value)
    )
