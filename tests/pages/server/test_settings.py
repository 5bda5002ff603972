"""Settings of Streamlit: each has been reviewed, and those that open another way in or reveal too much refuse the
start.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pages.server.startup import settings
from tests.helpers.pages.internals import config
from tests.pages.server.test_safety import run_refused_start

# Reviewed and left alone: they change how pages look, run or are watched, not who gets which answer. A setting that is
# neither here nor among the required is new: review what it opens, trusts or reveals.
LET_BE = {
    "browser": {"serverAddress", "serverPort"},
    # The origins that may talk to a page from a frame around it: no page is ever framed.
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
        # Checked by pages/server/startup/safety.py separately.
        *("address", "allowedHosts", "enableCORS", "enableXsrfProtection", "cookieSecret"),
        # The door works behind any prefix.
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


def test_every_setting_has_been_reviewed():
    let_be = {f"{section}.{name}" for section, names in LET_BE.items() for name in names}
    known = {name for name in config.get_config_options() if not name.startswith("theme.")}
    assert known == let_be | settings.ALLOWED_VALUES.keys()
    assert not let_be & settings.ALLOWED_VALUES.keys()
    assert settings.ALLOWED_VALUES.keys() == OPENED.keys()


def test_the_product_as_shipped_opens_nothing():
    assert list(settings.problems()) == []


@pytest.fixture
def opened() -> Iterator[None]:
    """Restores the settings that a test has set."""
    before = {name: config.get_option(name) for name in settings.ALLOWED_VALUES}
    yield
    for name, value in before.items():
        config.set_option(name, value)


@pytest.mark.usefixtures("opened")
def test_each_setting_is_reported_with_the_remedy():
    for name, value in OPENED.items():
        config.set_option(name, value)
    problems = list(settings.problems())
    assert [problem.en.split(" = ")[0] for problem in problems] == list(OPENED)
    assert all("remove the setting from config.toml" in problem.en and "删去" in problem.zh for problem in problems)


def test_settings_that_open_another_way_or_reveal_too_much_refuse_the_start(tmp_path):
    """As options and as variables, all reported at once."""
    options = {"server.enableAgentApi": "true", "server.xsrfCookieSameSite": "none", "client.showErrorDetails": "full"}
    variables = {"server.enableStaticServing": "true", "server.scriptHealthCheckEnabled": "true"}
    code, stderr, answered = run_refused_start(
        tmp_path,
        [part for name, value in options.items() for part in (f"--{name}", value)],
        {config.get_config_options()[name].env_var: value for name, value in variables.items()},
    )
    assert code == 2 and answered == []
    refused = [line for line in stderr.splitlines() if line.startswith("Refused to start: ")]
    assert len(refused) == len(options | variables) and "拒绝启动：" not in stderr
    assert all(any(f"{name} = " in line for line in refused) for name in options | variables)
