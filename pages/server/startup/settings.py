"""Refuses Streamlit settings that would open another way in or disclose internals.

tests/pages/server/test_settings.py lists every setting, so an upgrade that adds one fails.
"""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from pages.internals import web_server
from sql.files.sql_file import Text

_ADDED_ROUTES = Text("打开另外的入口", "opens other routes")
_TRUST = Text("相信请求自己说是谁、从哪里来", "trusts what a request says about its user or its origin")
_DEVELOPMENT = Text(
    "是开发用的，让任何人都能停掉服务或看到内部情况", "is for development: anybody could stop the server or inspect it"
)
_DISCLOSURE = Text("把内部情况告诉外人", "discloses internals to outsiders")
_DOWNLOADS = Text("让人绕开有记录的下载", "lets people download rows that are neither stamped nor recorded")
# The allowed values of each setting, and the reason for refusing any other.
ALLOWED_VALUES: dict[str, tuple[tuple[object, ...], Text]] = {
    "server.enableStaticServing": ((False,), _ADDED_ROUTES),
    "server.enableAgentApi": ((False,), _ADDED_ROUTES),
    "server.scriptHealthCheckEnabled": ((False,), _ADDED_ROUTES),
    "server.customComponentBaseUrlPath": (("",), _ADDED_ROUTES),
    "server.trustedUserHeaders": (({},), _TRUST),
    "server.corsAllowedOrigins": (([],), _TRUST),
    "server.xsrfCookieSameSite": (("lax", "strict"), _TRUST),
    "server.unsafeMetricsUserAttributes": (([],), _DISCLOSURE),
    "browser.gatherUsageStats": ((False,), _DISCLOSURE),
    "client.showErrorDetails": (("none",), _DISCLOSURE),
    "client.toolbarMode": (("viewer", "minimal"), _DEVELOPMENT),
    "client.disableDataExport": ((True,), _DOWNLOADS),
    "logger.level": ((None, "info", "warning", "error"), _DISCLOSURE),
    "global.developmentMode": ((False,), _DEVELOPMENT),
    "global.e2eTest": ((False,), _DEVELOPMENT),
    "global.appTest": ((False,), _DEVELOPMENT),
    "global.unitTest": ((False,), _DEVELOPMENT),
}


def problems() -> Iterator[Text]:
    """Yields the problem and the remedy for each setting with a value that is not allowed."""
    for name, (allowed, reason) in ALLOWED_VALUES.items():
        value = st.get_option(name)
        if value not in allowed:
            variable = web_server.setting_variable(name)
            yield Text(
                f"{name} = {value!r} {reason.zh}；请从 config.toml、命令行和环境变量 {variable} 里删去这项设置",
                f"{name} = {value!r} {reason.en}; remove the setting from config.toml, the command line and the "
                f"environment variable {variable}",
            )
