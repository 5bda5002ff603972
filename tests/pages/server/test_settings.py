"""Settings of Streamlit: each has been looked at, and those that open another way or tell too much refuse the start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit import config

from pages.server.startup import settings
from tests.pages.server.test_safety import ended

# Looked at and let be: they change how pages look, run or are watched, what is answered to whom stays as it is. What is
# neither here nor among the required is new: look at what it opens, trusts or tells.
LET_BE = {
    "browser": {"serverAddress", "serverPort"},
    # The origins that may talk to a page from the frame around it: it goes into none.
    "client": {"allowedOrigins", "showErrorLinks", "showSidebarNavigation"},
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
        # Asked for by pages/server/startup/safety.py in its own way.
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
    "server.enableStaticServing": True,
    "server.enableAgentApi": True,
    "server.scriptHealthCheckEnabled": True,
    "server.customComponentBaseUrlPath": "https://evil.example",
    "server.trustedUserHeaders": {"X-Email": "email"},
    "server.corsAllowedOrigins": ["https://evil.example"],
    "server.xsrfCookieSameSite": "none",
    "server.unsafeMetricsUserAttributes": ["email"],
    "browser.gatherUsageStats": True,
    "client.showErrorDetails": "full",
    "client.toolbarMode": "developer",
    "client.disableDataExport": False,
    "logger.level": "debug",
    "global.developmentMode": True,
    "global.e2eTest": True,
    "global.appTest": True,
    "global.unitTest": True,
}


def test_every_setting_has_been_looked_at():
    let_be = {f"{section}.{name}" for section, names in LET_BE.items() for name in names}
    known = {name for name in config.get_config_options() if not name.startswith("theme.")}
    assert known == let_be | settings.ALLOWED_VALUES.keys()
    assert not let_be & settings.ALLOWED_VALUES.keys()
    assert settings.ALLOWED_VALUES.keys() == OPENED.keys()


def test_as_the_product_is_given_out_nothing_is_opened():
    assert list(settings.problems()) == []


@pytest.fixture
def opened() -> Iterator[None]:
    """Puts the settings back that a test has set."""
    before = {name: config.get_option(name) for name in settings.ALLOWED_VALUES}
    yield
    for name, value in before.items():
        config.set_option(name, value)


@pytest.mark.usefixtures("opened")
def test_each_setting_is_told_with_what_to_do():
    for name, value in OPENED.items():
        config.set_option(name, value)
    problems = list(settings.problems())
    assert [problem.en.split(" = ")[0] for problem in problems] == list(OPENED)
    assert all("remove the setting from config.toml" in problem.en and "删去" in problem.zh for problem in problems)


def test_what_opens_another_way_or_tells_too_much_refuses_the_start(tmp_path):
    """As options and as variables, all told at once."""
    options = {"server.enableAgentApi": "true", "server.xsrfCookieSameSite": "none", "client.showErrorDetails": "full"}
    variables = {"server.enableStaticServing": "true", "server.scriptHealthCheckEnabled": "true"}
    code, told, answered = ended(
        tmp_path,
        [part for name, value in options.items() for part in (f"--{name}", value)],
        {config.get_config_options()[name].env_var: value for name, value in variables.items()},
    )
    assert code == 2 and answered == []
    refused = [line for line in told.splitlines() if line.startswith("Refused to start: ")]
    assert len(refused) == len(options | variables) == told.count("拒绝启动：")
    assert all(any(f"{name} = " in line for line in refused) for name in options | variables)
