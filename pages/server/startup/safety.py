"""Checks that it is safe to start: without a login only this machine has access, and no protection is switched off.

The check runs before anything is built or served. It reports all problems at once, with remedies, in the language of
the locale.
"""

from __future__ import annotations

import ipaddress
import sys
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from pages.internals import web_server
from pages.server.startup import settings
from sql.errors import LinliError
from sql.language import pick

INSECURE = "--insecure"
_LOGIN = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
# 32 random bytes are 43 letters of base64, or 64 of hexadecimal.
_MIN_LENGTH, _MIN_COMPRESSED = 43, 40
_PLACEHOLDERS = ("secret", "change", "password", "cookie", "example", "placeholder", "abcdefgh", "12345678")
_GENERATOR_COMMAND = 'python -c "import secrets; print(secrets.token_hex(32))"'
_SWITCHES = ("server.enableXsrfProtection", "server.enableCORS")

_is_required = False
_started_with_login = False


class UnsafeError(LinliError):
    """Reports a problem that must be fixed before the server may start."""


def check_or_exit(arguments: list[str]) -> None:
    """Exits with code 2 and lists the problems on stderr if it is not safe to start with these arguments.

    With `--insecure` among them, a missing login is only a warning.
    """
    global _is_required, _started_with_login
    errors = list(_problems(INSECURE in arguments))
    for error in errors:
        print(pick(f"拒绝启动：{error.zh}\n", f"Refused to start: {error.en}\n"), file=sys.stderr)
    if errors:
        raise SystemExit(2)
    _is_required, _started_with_login = True, _auth() is not None
    if is_exposed() and not _started_with_login:
        hosts = ", ".join(st.get_option("server.allowedHosts"))
        print(
            pick(
                f"警告：{INSECURE}，没有登录。能连上 {_exposed_names()} 的人都能看到全部数据，并能以管理员身份更改。\n"
                f"应答的名称：{hosts}（server.allowedHosts）",
                f"WARNING: {INSECURE}, no login. Anybody who can reach {_exposed_names()} sees all data and can "
                f"change it as an administrator.\nHost names answered: {hosts} (server.allowedHosts)",
            ),
            file=sys.stderr,
        )


def require_app() -> None:
    """Raises UnsafeError if others can connect and app.py, which checks safety and guards the routes, did not start
    the server."""
    if not _is_required and is_exposed():
        raise UnsafeError(
            "服务要用 streamlit run app.py 启动；这样启动没有登录、没有门禁",
            "start the server with streamlit run app.py; started this way it has neither login nor access control",
        )


def is_login_configured() -> bool:
    """Returns whether users log in: secrets.toml has a section [auth], or had one when the server started.

    In the second case a login stays required while the server runs, even while secrets.toml is being edited.
    """
    return _started_with_login or bool(web_server.load_secrets() and "auth" in st.secrets)


def is_exposed() -> bool:
    """Returns whether others than this machine can connect: at its address, or at its names through a proxy."""
    return bool(_exposed_names())


def may_arrive_at(address: str) -> bool:
    """Returns whether a request may arrive at that address of this machine; if not exposed, only at a local address.

    A program other than `streamlit run` may have bound the port.
    """
    return is_exposed() or _is_local(address)


def _problems(is_insecure: bool) -> Iterator[UnsafeError]:
    files = [path for path in st.get_option("secrets.files") if Path(path).exists()]
    if files and not web_server.load_secrets():
        names = ", ".join(files)
        yield UnsafeError(f"读不懂 {names}；请改正其中的 TOML", f"cannot parse {names}; correct its TOML")
    elif (auth := _auth()) is not None:
        yield from _login_problems(auth)
    elif (others := _exposed_names()) and not is_insecure:
        yield UnsafeError(
            f"别人可经 {others} 连上，但没有配置登录。运行 make login，再把 .streamlit/secrets.toml 填好"
            "（见 SECURITY.md）；只在本机看：--server.address localhost；"
            f"确实不要登录：streamlit run app.py … -- {INSECURE}",
            f"others can connect through {others}, and no login is configured. Run make login and fill in "
            ".streamlit/secrets.toml (see SECURITY.md); for use on this machine only: --server.address localhost; "
            f"to run without a login: streamlit run app.py … -- {INSECURE}",
        )
    for switch in _SWITCHES:
        if not st.get_option(switch):
            yield UnsafeError(
                f"{switch} 已关闭，别的网站可借访问者的浏览器操作；请删去这项设置",
                f"{switch} is off, which lets another site act through a visitor's browser; remove that setting",
            )
    yield from (UnsafeError(problem.zh, problem.en) for problem in settings.problems())
    hosts = st.get_option("server.allowedHosts")
    if not hosts or "*" in hosts or (is_exposed() and not is_insecure and all(map(_is_local, hosts))):
        yield UnsafeError(
            f"server.allowedHosts 是 [{', '.join(hosts)}]，没有写明访问者所用的名称；"
            "请设环境变量 STREAMLIT_SERVER_ALLOWED_HOSTS=linli.example.gov.cn（几个名称以空格隔开）",
            f"server.allowedHosts is [{', '.join(hosts)}] and does not list the name that visitors use; set "
            "STREAMLIT_SERVER_ALLOWED_HOSTS=linli.example.gov.cn in the environment (separate names with spaces)",
        )


def _login_problems(auth: Mapping[str, object]) -> Iterator[UnsafeError]:
    def wrong(key: str, zh: str, en: str) -> UnsafeError:
        return UnsafeError(
            f".streamlit/secrets.toml 的 [auth] {key}：{zh}", f".streamlit/secrets.toml, [auth] {key}: {en}"
        )

    for key in auth:
        # User numbers and verified email addresses are only unique within one provider.
        if isinstance(auth[key], Mapping) and key != "client_kwargs":
            yield wrong(
                key,
                "是另一个登录服务，它说的编号和邮箱会与第一个的混淆；请删去这一节",
                "is another provider, whose user numbers and email addresses could be mistaken for the first's; "
                "remove that section",
            )
    entries = {key: str(auth.get(key) or "") for key in _LOGIN}
    for key in _LOGIN:
        if not entries[key]:
            yield wrong(key, "没有填写", "is missing")
    if entries["cookie_secret"] and not is_strong(entries["cookie_secret"]):
        yield wrong(
            "cookie_secret",
            f"太短、太有规律或是示例，猜出它就能冒充任何人；请用 {_GENERATOR_COMMAND} 另生成",
            f"is too short, too regular or an example: whoever guesses it can impersonate anybody; "
            f"generate one with {_GENERATOR_COMMAND}",
        )
    for key, end in (("redirect_uri", f"/{web_server.CALLBACK}"), ("server_metadata_url", "")):
        url = urlsplit(entries[key])
        if entries[key] and not (url.scheme == "https" or (url.scheme == "http" and _is_local(url.hostname or ""))):
            yield wrong(
                key,
                "应以 https:// 开头，否则登录可被窃听",
                "must begin with https://, otherwise logins can be intercepted",
            )
        if entries[key] and not url.path.endswith(end):
            yield wrong(key, f"应以 {end} 结尾", f"must end with {end}")


def is_strong(secret: str) -> bool:
    """Returns whether a secret could be 32 random bytes: long enough, no placeholder words, hardly compressible."""
    is_varied = len(zlib.compress(secret.encode(), 9)) >= _MIN_COMPRESSED
    return len(secret) >= _MIN_LENGTH and is_varied and not any(word in secret.casefold() for word in _PLACEHOLDERS)


def _auth() -> Mapping[str, object] | None:
    """Returns the section [auth] of secrets.toml; None if there is none."""
    return st.secrets.get("auth") if web_server.load_secrets() else None


def _exposed_names() -> str:
    """Returns the address and the host names at which others can connect; empty if they cannot."""
    return ", ".join(name for name in [_address(), *st.get_option("server.allowedHosts")] if not _is_local(name))


def _address() -> str:
    # Streamlit binds all addresses if this is empty.
    return st.get_option("server.address") or "0.0.0.0"  # noqa: S104  read, not bound


def _is_local(host: str) -> bool:
    """Returns whether a host name or address can only be reached from this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
