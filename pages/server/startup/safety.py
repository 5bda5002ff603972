"""Whether it is safe to start: nobody but this machine looks without a login, and nothing that protects is switched
off.

Asked before anything is built or answered. What is wrong is told all at once, in both languages, with what to do.
"""

from __future__ import annotations

import ipaddress
import sys
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from streamlit import config

from pages.server.startup import settings
from sql.errors import LinliError

INSECURE = "--insecure"
CALLBACK = "/oauth2callback"
_LOGIN = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
# 32 random bytes are 43 letters of base64, or 64 of hexadecimal.
_SHORTEST, _MIN_VARIED = 43, 40
_PLACEHOLDERS = ("secret", "change", "password", "cookie", "example", "placeholder", "abcdefgh", "12345678")
_MAKES_RANDOM = 'python -c "import secrets; print(secrets.token_hex(32))"'
_SWITCHES = ("server.enableXsrfProtection", "server.enableCORS")

_is_required = False
_started_with_login = False


class UnsafeError(LinliError):
    """Something that has to be put right before the server may start."""


def check_or_exit(arguments: list[str]) -> None:
    """Ends the process with exit code 2 and what is wrong on stderr where it is not safe to start with these arguments.

    Where `--insecure` is among them, a missing login is no reason, but is said.
    """
    global _is_required, _started_with_login
    wrong = list(_problems(INSECURE in arguments))
    for error in wrong:
        print(f"拒绝启动：{error.zh}\nRefused to start: {error.en}\n", file=sys.stderr)
    if wrong:
        raise SystemExit(2)
    _is_required, _started_with_login = True, _auth() is not None
    if is_exposed() and not _started_with_login:
        print(
            f"警告：{INSECURE}，没有登录。能连上 {_for_others()} 的人都能看到全部数据，并能以管理员身份更改。\n"
            f"WARNING: {INSECURE}, there is no login. Whoever reaches {_for_others()} sees all data and may "
            "change it as administrator.\n"
            f"应答的名称 / names answered to: {', '.join(config.get_option('server.allowedHosts'))} "
            "(server.allowedHosts)",
            file=sys.stderr,
        )


def require_app() -> None:
    """Raises UnsafeError where others could come and the server was not started by app.py, which looks whether that is
    safe and stands at its doors."""
    if not _is_required and is_exposed():
        raise UnsafeError(
            "服务要用 streamlit run app.py 启动；这样启动没有登录、没有门禁",
            "start the server with streamlit run app.py; started like this it has no login and no doors",
        )


def is_login_configured() -> bool:
    """Tells whether users log in: secrets.toml has a section [auth], or had one when the server started.

    Then nobody is let in without a login for as long as it runs, even while somebody edits secrets.toml.
    """
    return _started_with_login or bool(st.secrets.load_if_toml_exists() and "auth" in st.secrets)


def is_exposed() -> bool:
    """Whether others than who sits at this machine are to look: by its address, or through a proxy by its names."""
    return bool(_for_others())


def may_arrive_at(address: str) -> bool:
    """Whether a request may come in at that address of this machine: without others, only at one that others cannot
    reach. Another program than `streamlit run` may have bound the port."""
    return is_exposed() or _is_local(address)


def _problems(is_insecure: bool) -> Iterator[UnsafeError]:
    files = [path for path in config.get_option("secrets.files") if Path(path).exists()]
    if files and not st.secrets.load_if_toml_exists():
        told = ", ".join(files)
        yield UnsafeError(f"读不懂 {told}；请改正其中的 TOML", f"{told} cannot be read; correct its TOML")
    elif (auth := _auth()) is not None:
        yield from _problems_of_login(auth)
    elif (others := _for_others()) and not is_insecure:
        yield UnsafeError(
            f"别人可经 {others} 连上，但没有配置登录。运行 make login，再把 .streamlit/secrets.toml 填好"
            "（见 SECURITY.md）；只在本机看：--server.address localhost；"
            f"确实不要登录：streamlit run app.py … -- {INSECURE}",
            f"others can come by {others}, and no login is configured. Run make login and fill in "
            ".streamlit/secrets.toml (see SECURITY.md); to look on this machine alone: --server.address localhost; "
            f"to do without a login: streamlit run app.py … -- {INSECURE}",
        )
    for switch in _SWITCHES:
        if not config.get_option(switch):
            yield UnsafeError(
                f"{switch} 已关闭，别的网站可借访问者的浏览器操作；请删去这项设置",
                f"{switch} is off, so that another site can act through a visitor's browser; take that setting out",
            )
    yield from (UnsafeError(wrong.zh, wrong.en) for wrong in settings.problems())
    hosts = config.get_option("server.allowedHosts")
    if not hosts or "*" in hosts or (is_exposed() and not is_insecure and all(map(_is_local, hosts))):
        yield UnsafeError(
            f"server.allowedHosts 是 [{', '.join(hosts)}]，没有写明访问者所用的名称；"
            "请设环境变量 STREAMLIT_SERVER_ALLOWED_HOSTS=linli.example.gov.cn（几个名称以空格隔开）",
            f"server.allowedHosts is [{', '.join(hosts)}] and does not say by what name visitors come; set "
            "STREAMLIT_SERVER_ALLOWED_HOSTS=linli.example.gov.cn in the environment (a space between several names)",
        )


def _problems_of_login(auth: Mapping[str, object]) -> Iterator[UnsafeError]:
    def wrong(key: str, zh: str, en: str) -> UnsafeError:
        return UnsafeError(
            f".streamlit/secrets.toml 的 [auth] {key}：{zh}", f".streamlit/secrets.toml, [auth] {key}: {en}"
        )

    for key in auth:
        # Numbers, and which addresses are verified, are one provider's word.
        if isinstance(auth[key], Mapping) and key != "client_kwargs":
            yield wrong(
                key,
                "是另一个登录服务，它说的编号和邮箱会与第一个的混淆；请删去这一节",
                "is another provider, whose numbers and addresses would pass for the first's; take that section out",
            )
    given = {key: str(auth.get(key) or "") for key in _LOGIN}
    for key in _LOGIN:
        if not given[key]:
            yield wrong(key, "没有填写", "is missing")
    if given["cookie_secret"] and not is_strong(given["cookie_secret"]):
        yield wrong(
            "cookie_secret",
            f"太短、太有规律或是示例，猜出它就能冒充任何人；请用 {_MAKES_RANDOM} 另生成",
            f"is too short, too regular or an example: who guesses it can pass for anybody; "
            f"make one with {_MAKES_RANDOM}",
        )
    for key, end in (("redirect_uri", CALLBACK), ("server_metadata_url", "")):
        url = urlsplit(given[key])
        if given[key] and not (url.scheme == "https" or (url.scheme == "http" and _is_local(url.hostname or ""))):
            yield wrong(
                key,
                "应以 https:// 开头，否则登录可被窃听",
                "should begin with https://, else a login can be listened to",
            )
        if given[key] and not url.path.endswith(end):
            yield wrong(key, f"应以 {end} 结尾", f"should end with {end}")


def is_strong(secret: str) -> bool:
    """Whether a text may be 32 random bytes: long enough, without a placeholder's words, and nothing that compresses
    away."""
    varied = len(zlib.compress(secret.encode(), 9)) >= _MIN_VARIED
    return len(secret) >= _SHORTEST and varied and not any(word in secret.casefold() for word in _PLACEHOLDERS)


def _auth() -> Mapping[str, object] | None:
    """The section [auth] of secrets.toml; None where there is none."""
    return st.secrets.get("auth") if st.secrets.load_if_toml_exists() else None


def _for_others() -> str:
    """The address and the names by which others can come; empty where they cannot."""
    return ", ".join(name for name in [_address(), *config.get_option("server.allowedHosts")] if not _is_local(name))


def _address() -> str:
    # Streamlit takes an empty one for all there are.
    return config.get_option("server.address") or "0.0.0.0"  # noqa: S104  read, not bound


def _is_local(host: str) -> bool:
    """Whether a name or an address is this machine's own and reached from nowhere else."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
