"""Who is answered, and what every answer tells a browser to forbid: middleware around everything the server sends.

A site that somebody visits can make their browser ask this machine, by a name of its own that leads here or across from
its own page; and a text in the data could one day slip through as a script. The first is refused, the second is not
run.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from pages.server.delivery.document import STATIC, document
from pages.server.security import refusals
from pages.server.startup import safety

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_OVER_TLS = ("https", "wss")
_STARTS = ("http.response.start", "websocket.http.response.start")

_FOREIGN_HOST = (
    "拒绝：本服务器不用这个名称（请求的 Host）。若它是本服务器的名称，请加进 server.allowedHosts，"
    "例如环境变量 STREAMLIT_SERVER_ALLOWED_HOSTS=名称，再重新启动。\n"
    "Refused: this server does not go by that name (the request's Host). If it is this server's, add it to "
    "server.allowedHosts, for instance STREAMLIT_SERVER_ALLOWED_HOSTS=name in the environment, and start again.\n"
)
_FOREIGN_ORIGIN = (
    "拒绝：请求来自别的网站（Origin 与 Host 不同）。请直接打开看板；若有反向代理，它须原样转交 Host。\n"
    "Refused: the request comes from another site (its Origin is not its Host). Open the dashboard itself; "
    "a reverse proxy has to pass Host on as it is.\n"
)
_BROKEN = """服务器出错，详情见其日志。请刷新；若仍如此，请告诉管理员。
The server has failed, its log says why. Reload; if that does not help, tell the administrator.
"""


class SecurityMiddleware:
    """Middleware: answers 403 to a foreign Host or Origin, on sockets too, and sets the headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] in _STARTS:
                headers = MutableHeaders(scope=message)
                headers.update(_headers(scope["scheme"], headers.get("content-type", "")))
                if scope["scheme"] in _OVER_TLS:
                    message["headers"] = [
                        (name, _secure(value) if name == b"set-cookie" else value) for name, value in headers.raw
                    ]
            await send(message)

        refusal = _refusal(scope)
        if refusal:
            refusals.add("foreign")
        await (PlainTextResponse(refusal, 403) if refusal else self.app)(scope, receive, with_headers)


async def server_error(request: Request, _error: Exception) -> Response:
    """The answer where a route has failed. Starlette makes it outside all middleware: it brings the headers itself."""
    return PlainTextResponse(_BROKEN, 500, headers=_headers(request.url.scheme, "text/plain"))


def _refusal(scope: Scope) -> str | None:
    """Why a request is refused; None where it is not."""
    asked = Headers(scope=scope)
    host = asked.get("host")
    if host is None or not is_host_allowed(host) or not safety.may_arrive_at(scope["server"][0]):
        return _FOREIGN_HOST
    # Programs send none; a browser always does where a page of elsewhere could read or change something.
    if set(map(str.lower, asked.getlist("origin"))) - {f"http://{host.lower()}", f"https://{host.lower()}"}:
        return _FOREIGN_ORIGIN
    return None


def _secure(cookie: bytes) -> bytes:
    """A cookie that a browser sends by TLS alone. Streamlit does not know of a proxy's."""
    return cookie if b"; secure" in cookie.lower() else cookie + b"; Secure"


def _headers(scheme: str, kind: str) -> dict[str, str]:
    """The headers of an answer of that kind. What is no document runs nothing and shows nothing, whatever is in it; it
    says so in few bytes, for a first visit asks for a hundred of them."""
    headers = {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if kind.startswith("text/html"):
        headers |= {
            "Content-Security-Policy": content_security_policy(),
            "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
            "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        }
    if scheme in _OVER_TLS:
        # Without TLS browsers take no notice of these, and complain of the second.
        headers |= {"Strict-Transport-Security": "max-age=31536000", "Cross-Origin-Opener-Policy": "same-origin"}
    return headers


@lru_cache(maxsize=1)
def content_security_policy() -> str:
    """The Content-Security-Policy of documents: what a page may load, run and be put into."""
    return "; ".join(
        (
            "default-src 'self'",
            # blob: Streamlit hands a component's own script to the browser as one. wasm: deck.gl, which draws the maps.
            f"script-src 'self' blob: 'wasm-unsafe-eval' {' '.join(_hashes())}",
            "worker-src 'none'",
            # Streamlit and Plotly write styles into the page as they draw.
            "style-src 'self' 'unsafe-inline'",
            # Sparklines and codes are drawn by us, a table's icons come with its script.
            "img-src 'self' data:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "frame-src 'none'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _hashes() -> list[str]:
    """Of each script that stands in the document itself, Streamlit's and ours, in the order found."""
    plain = (STATIC / "index.html").read_text(encoding="utf-8")
    scripts = dict.fromkeys(_INLINE.findall(document().decode()) + _INLINE.findall(plain))
    return [f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts]
