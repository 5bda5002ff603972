"""Settings of Streamlit: each has been looked at, and those that open another way or tell too much refuse the start."""

from __future__ import annotations

import pytest
from streamlit import config

from pages.server import settings
from tests.test_safety import ended

# Looked at and let be: they change how pages look, run or are watched, what is answered to whom stays as it is. What is
# neither here nor among the required is new: look at what it opens, trusts or tells.
LET_BE = {
    "browser": {"serverAddress", "serverPort"},
    # The origins that may talk to a page from the frame around it: it goes into none.
    "client": {"allowedOrigins", "disableDataExport", "showErrorLinks", "showSidebarNavigation", "toolbarMode"},
    "global": {
        *("disableWidgetStateDuplicationWarning", "maxCachedMessageAge", "minCachedMessageSize"),
        *("showWarningOnDirectExecution", "suppressDeprecationWarnings"),
    },
    "logger": {"enableRich", "hideWelcomeMessage", "messageFormat"},
    "magic": {"displayLastExprIfNoSemicolon", "displayRootDocString"},
    "runner": {
        *("cacheBackgroundRefreshMaxWorkers", "cacheBackgroundRefreshTTLMultiplier", "cacheHashSeed"),
        *("connectionDefaultTTL", "enforceSerializableSessionState", "enumCoercion", "fastReruns", "magicEnabled"),
        *("parallelMaxWorkers", "postScriptGC"),
    },
    "secrets": {"files"},
    "server": {
        # Asked for by pages/server/safety.py in its own way.
        *("address", "allowedHosts", "enableCORS", "enableXsrfProtection", "cookieSecret"),
        # The door stands behind any prefix.
        "baseUrlPath",
        # Of use only with server.enableAgentApi.
        *("agentMaxSessions", "agentPreviewRows", "agentSessionTTL", "agentWaitTimeout"),
        *("allowRunOnSave", "fileWatcherType", "folderWatchBlacklist", "folderWatchList", "runOnSave"),
        *("disconnectedSessionTTL", "enableExpensiveMemoryStats", "enableWebsocketCompression", "headless"),
        *("maxCacheDataSize", "maxMessageSize", "maxUploadSize", "maxWidgetStateSize", "port", "showEmailPrompt"),
        *("sslCertFile", "sslKeyFile", "websocketPingInterval"),
    },
    "ui": {"hideTopBar"},
}
OPENED = {
    "server.enableStaticServing": "true",
    "server.enableAgentApi": "true",
    "server.scriptHealthCheckEnabled": "true",
    "server.customComponentBaseUrlPath": "https://evil.example",
    "server.trustedUserHeaders": '{"X-Email" = "email"}',
    "server.corsAllowedOrigins": '["https://evil.example"]',
    "server.xsrfCookieSameSite": '"none"',
    "server.unsafeMetricsUserAttributes": '["email"]',
    "browser.gatherUsageStats": "true",
    "client.showErrorDetails": '"full"',
    "logger.level": '"debug"',
    "global.developmentMode": "true",
    "global.e2eTest": "true",
    "global.appTest": "true",
    "global.unitTest": "true",
}


def test_every_setting_has_been_looked_at():
    let_be = {f"{section}.{name}" for section, names in LET_BE.items() for name in names}
    known = {name for name in config.get_config_options() if not name.startswith("theme.")}
    assert known == let_be | settings.REQUIRED.keys()
    assert not let_be & settings.REQUIRED.keys()
    assert settings.REQUIRED.keys() == OPENED.keys()


def test_as_the_product_is_given_out_nothing_is_opened():
    assert list(settings.problems()) == []


def test_what_opens_another_way_or_tells_too_much_refuses_the_start(tmp_path, monkeypatch):
    """All of them at once, as a file of settings of whoever runs the server has them."""
    text = "".join(
        f"[{section}]\n"
        + "".join(
            f"{name.split('.')[1]} = {value if value[0] in 'tf[{' + chr(34) else repr(value)}\n"
            for name, value in OPENED.items()
            if name.startswith(f"{section}.")
        )
        for section in dict.fromkeys(name.split(".")[0] for name in OPENED)
    )
    home = tmp_path / "home"
    (home / ".streamlit").mkdir(parents=True)
    (home / ".streamlit" / "config.toml").write_text(text)
    variables = {
        config.get_config_options()[name].env_var: value
        for name, value in (("server.enableStaticServing", "true"), ("client.showErrorDetails", "full"))
    }
    # What the product's own file says is nearer than a home's.
    variables["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] = "true"
    code, told, answered = ended(tmp_path, (), {"HOME": str(home), **variables})
    assert code == 2 and answered == []
    refused = [line for line in told.splitlines() if line.startswith("Refused to start: ")]
    missed = [name for name in OPENED if not any(f"{name} = " in line for line in refused)]
    assert missed == [] and len(refused) == len(OPENED) == told.count("拒绝启动：")
    assert all("take the setting out of config.toml" in line for line in refused)


@pytest.mark.parametrize("name", ["server.enableAgentApi", "server.enableStaticServing"])
def test_on_the_command_line_too(tmp_path, name):
    code, told, answered = ended(tmp_path, (f"--{name}", "true"))
    assert code == 2 and answered == [] and f"{name} = True opens other routes" in told
