"""Refuses foreign hosts and origins, and sets the security headers of every response.

A site that a user visits can make their browser send requests to this machine, through a name that resolves here (DNS
rebinding) or across from its own page; such requests are refused. A text in the data could one day slip through as a
script; the policy forbids browsers to run it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.internals import front_end, web_server
from pages.server.delivery.document import document
from pages.server.security import refusals
from pages.server.security.answers import plain_text
from pages.server.startup import safety
from sql.files.sql_file import Text

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_OVER_TLS = ("https", "wss")
_STARTS = ("http.response.start", "websocket.http.response.start")

_FOREIGN_HOST = Text(
    "拒绝：本服务器不用这个名称（请求的 Host）。若它是本服务器的名称，请加进 server.allowedHosts，"
    "例如环境变量 STREAMLIT_SERVER_ALLOWED_HOSTS=名称，再重新启动。\n",
    "Refused: this server does not answer to that name (the request's Host). If the name is this server's, add it to "
    "server.allowedHosts, for instance STREAMLIT_SERVER_ALLOWED_HOSTS=name in the environment, and restart.\n",
)
_FOREIGN_ORIGIN = Text(
    "拒绝：请求来自别的网站（Origin 与 Host 不同）。请直接打开看板；若有反向代理，它须原样转交 Host。\n",
    "Refused: the request comes from another site (its Origin is not its Host). Open the dashboard itself; "
    "a reverse proxy must pass Host on unchanged.\n",
)
_BROKEN = Text(
    "服务器出错，详情见其日志。请刷新；若仍如此，请告诉管理员。\n",
    "The server failed; its log has the details. Reload the page; if that does not help, contact the administrator.\n",
)


class SecurityMiddleware:
    """Answers 403 to a foreign Host or Origin, on sockets too, and sets the headers of responses; a middleware."""

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
        await (plain_text(scope, refusal, 403) if refusal else self.app)(scope, receive, with_headers)


async def server_error(request: Request, _error: Exception) -> Response:
    """Returns the response for a route that failed. Starlette sends it outside all middleware, so it sets the headers
    itself."""
    return plain_text(request.scope, _BROKEN, 500, _headers(request.url.scheme, "text/plain"))


def _refusal(scope: Scope) -> Text | None:
    """Returns why a request is refused; None if it is allowed."""
    headers = Headers(scope=scope)
    host = headers.get("host")
    if host is None or not web_server.is_host_allowed(host) or not safety.may_arrive_at(scope["server"][0]):
        return _FOREIGN_HOST
    # Programs send no Origin; a browser always does if another site's page could read or change something.
    if set(map(str.lower, headers.getlist("origin"))) - {f"http://{host.lower()}", f"https://{host.lower()}"}:
        return _FOREIGN_ORIGIN
    return None


def _secure(cookie: bytes) -> bytes:
    """Returns the cookie restricted to TLS. Streamlit does not know about the TLS of a proxy."""
    return cookie if b"; secure" in cookie.lower() else cookie + b"; Secure"


def _headers(scheme: str, kind: str) -> dict[str, str]:
    """Returns the headers of a response of that media type.

    A response that is not a document may run and show nothing, whatever it contains. Its policy is short because a
    first visit makes a hundred such requests.
    """
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
        # Without TLS, browsers ignore these headers and log a warning about the second.
        headers |= {"Strict-Transport-Security": "max-age=31536000", "Cross-Origin-Opener-Policy": "same-origin"}
    return headers


@lru_cache(maxsize=1)
def content_security_policy() -> str:
    """Returns the Content-Security-Policy of documents: what a page may load and run, and what may embed it."""
    return "; ".join(
        (
            "default-src 'self'",
            # blob: Streamlit passes a component's own script to the browser as a blob. wasm: deck.gl draws the maps.
            f"script-src 'self' blob: 'wasm-unsafe-eval' {' '.join(_hashes())}",
            "worker-src 'none'",
            # Streamlit and Plotly write inline styles when they draw.
            "style-src 'self' 'unsafe-inline'",
            # Our sparklines and QR codes, and the icons in a table's script, are data URLs.
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
    """Returns the hash of each inline script of the document, Streamlit's and ours, in document order."""
    scripts = dict.fromkeys(_INLINE.findall(document().decode()) + _INLINE.findall(front_end.index()))
    return [f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts]
