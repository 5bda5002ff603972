"""Settings of Streamlit that would open another way in or say more than is to be said: with them there is no start.

tests/pages/server/test_settings.py lists every setting there is, so that an upgrade that adds one fails.
"""

from __future__ import annotations

from collections.abc import Iterator

from streamlit import config

from sql.semantic.files.sql_file import Text

_ADDED_ROUTES = Text("打开另外的入口", "opens other routes")
_TRUSTED = Text("相信请求自己说是谁、从哪里来", "believes a request in who it is of or where it comes from")
_DEBUGGING = Text(
    "是开发用的，让任何人都能停掉服务或看到内部情况", "is for developing: anybody could stop it or look inside"
)
_TELLING = Text("把内部情况告诉外人", "tells others of what is inside")
_GIVING = Text("让人绕开有记录的下载", "lets people take rows away that are neither stamped nor recorded")
# What each has to be, where it is anything else.
ALLOWED_VALUES: dict[str, tuple[tuple[object, ...], Text]] = {
    "server.enableStaticServing": ((False,), _ADDED_ROUTES),
    "server.enableAgentApi": ((False,), _ADDED_ROUTES),
    "server.scriptHealthCheckEnabled": ((False,), _ADDED_ROUTES),
    "server.customComponentBaseUrlPath": (("",), _ADDED_ROUTES),
    "server.trustedUserHeaders": (({},), _TRUSTED),
    "server.corsAllowedOrigins": (([],), _TRUSTED),
    "server.xsrfCookieSameSite": (("lax", "strict"), _TRUSTED),
    "server.unsafeMetricsUserAttributes": (([],), _TELLING),
    "browser.gatherUsageStats": ((False,), _TELLING),
    "client.showErrorDetails": (("none",), _TELLING),
    "client.toolbarMode": (("viewer", "minimal"), _DEBUGGING),
    "client.disableDataExport": ((True,), _GIVING),
    "logger.level": ((None, "info", "warning", "error"), _TELLING),
    "global.developmentMode": ((False,), _DEBUGGING),
    "global.e2eTest": ((False,), _DEBUGGING),
    "global.appTest": ((False,), _DEBUGGING),
    "global.unitTest": ((False,), _DEBUGGING),
}


def problems() -> Iterator[Text]:
    """Yields what is wrong with each setting that is not as it has to be, and what to do."""
    for name, (allowed, reason) in ALLOWED_VALUES.items():
        value = config.get_option(name)
        if value not in allowed:
            variable = config.get_config_options()[name].env_var
            yield Text(
                f"{name} = {value!r} {reason.zh}；请从 config.toml、命令行和环境变量 {variable} 里删去这项设置",
                f"{name} = {value!r} {reason.en}; take the setting out of config.toml, the command line and the "
                f"environment variable {variable}",
            )
