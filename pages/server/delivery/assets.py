"""Serves static files compressed once, held in memory, and cached by each browser.

Streamlit sends them uncompressed and leaves compression to a proxy. Many of these servers run in an office without
one, where users would wait for nine megabytes. Starlette's own compression would repeat the work for every visitor.
"""

from __future__ import annotations

import gzip
from functools import cache, lru_cache

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.internals import web_server
from pages.internals.front_end import ASSETS, STATIC
from pages.server.delivery.document import document, files

_KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
# Uploaded files and the elements' own files are Streamlit's to serve.
_FILES = tuple(f"/{stem}" for stem in (web_server.MEDIA, web_server.COMPONENT, web_server.CORE))
_IMMUTABLE = "public, max-age=31536000, immutable"


class CompressionMiddleware:
    """Compresses the front end's scripts and styles, and the document that a visit begins with; a middleware."""

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
            await _response(body, _KINDS["." + name.rsplit(".", 1)[1]], _IMMUTABLE)(scope, receive, send)
        else:
            await self.app(scope, receive, _Document(scope, receive, send))


class _Document:
    """Passes a response on unchanged, but replaces Streamlit's document with ours."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._is_document = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            is_page = Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
            # Streamlit answers any path that is not a file with its document, so that a link to a page can be opened.
            self._is_document = is_page and message["status"] == 200 and not self._scope["path"].startswith(_FILES)
        if not self._is_document:
            await self._send(message)
        elif message["type"] == "http.response.body" and not message.get("more_body"):
            response = _response(_compressed_document(), "text/html; charset=utf-8", "no-cache")
            await response(self._scope, self._receive, self._send)


def prepare() -> None:
    """Compresses the files that a first visit requests, ahead of it."""
    _compressed_document()
    for name in set(files()) & _compressible():
        _compressed(name)


def _response(body: bytes, kind: str, cache_control: str) -> Response:
    headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding", "Cache-Control": cache_control}
    return Response(body, media_type=kind, headers=headers)


@lru_cache(maxsize=1)
def _compressible() -> frozenset[str]:
    """Returns the names of all scripts and styles as in a URL; Streamlit answers every other request."""
    return frozenset(path.relative_to(STATIC).as_posix() for path in ASSETS.rglob("*") if path.suffix in _KINDS)


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress((STATIC / name).read_bytes(), 9, mtime=0)


@lru_cache(maxsize=1)
def _compressed_document() -> bytes:
    return gzip.compress(document(), 9, mtime=0)
