"""Static files as they travel best: compressed once, kept in memory, and asked for by each browser only once.

Streamlit sends them as they are and leaves the rest to a proxy; many of these servers stand in an office without one,
and its readers wait for nine megabytes. Starlette's own compression would do it anew for every visitor.
"""

from __future__ import annotations

import gzip
from functools import cache, lru_cache

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.server.delivery.document import STATIC, document, files

_KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
# What people uploaded, and what elements bring of their own, is not ours.
_FILES = ("/media/", "/component/", "/_stcore/")
_LONG = "public, max-age=31536000, immutable"


class CompressionMiddleware:
    """Middleware: scripts and styles of the front end compressed, and the document that a visit begins with."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != "http"
            or scope["method"] != "GET"
            or "gzip" not in Headers(scope=scope).get("accept-encoding", "")
        ):
            await self.app(scope, receive, send)
        elif (name := scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")) in _compressible():
            body = await to_thread.run_sync(_compressed, name)
            await _response(body, _KINDS["." + name.rsplit(".", 1)[1]], _LONG)(scope, receive, send)
        else:
            await self.app(scope, receive, _Document(scope, receive, send))


class _Document:
    """Sends a response on as it is, but Streamlit's document as ours."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._is_document = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            is_page = Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
            # Any path that is no file is answered with it: a page's link opened first.
            self._is_document = is_page and message["status"] == 200 and not self._scope["path"].startswith(_FILES)
        if not self._is_document:
            await self._send(message)
        elif message["type"] == "http.response.body" and not message.get("more_body"):
            answer = _response(_compressed_document(), "text/html; charset=utf-8", "no-cache")
            await answer(self._scope, self._receive, self._send)


def prepare() -> None:
    """Compresses what a first visit asks for, before there is one."""
    _compressed_document()
    for name in set(files()) & _compressible():
        _compressed(name)


def _response(body: bytes, kind: str, kept: str) -> Response:
    headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding", "Cache-Control": kept}
    return Response(body, media_type=kind, headers=headers)


@lru_cache(maxsize=1)
def _compressible() -> frozenset[str]:
    """The scripts and styles there are, as their names stand in a URL; what is not among them is Streamlit's to
    answer."""
    return frozenset(
        path.relative_to(STATIC).as_posix() for path in (STATIC / "static").rglob("*") if path.suffix in _KINDS
    )


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress((STATIC / name).read_bytes(), 9, mtime=0)


@lru_cache(maxsize=1)
def _compressed_document() -> bytes:
    return gzip.compress(document(), 9, mtime=0)
