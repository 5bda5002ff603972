"""Starts the dashboard: streamlit run app.py."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from anyio import to_thread
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute

from etl.build import build
from etl.commands.build import default_source, print_report
from etl.versions import pointed
from pages.server import changes, drawn, headers, safety, warm
from pages.server.assets import Compressed
from pages.server.door import Door
from sql import warehouse

PROJECT = Path(__file__).parent
# Before anything is built, opened or answered.
safety.require(sys.argv[1:])


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Builds the demo where there is no data yet, then keeps the warehouse up with edits while the server runs."""
    folder, source = warehouse.folder(), default_source()
    if pointed(folder) is None:
        print_report(build(source, folder), source)
    await to_thread.run_sync(warm.up)
    watching = asyncio.create_task(changes.watch())
    command = [sys.executable, "-m", "etl", "watch", "--warehouse", str(folder)]
    watcher = subprocess.Popen(command, cwd=PROJECT)  # noqa: S603  this Python and a module of our own
    try:
        yield
    finally:
        watching.cancel()
        gc.unfreeze()
        watcher.terminate()
        watcher.wait()


async def health(request: Request) -> JSONResponse:
    """The version served, for monitoring."""
    version = warehouse.current()
    return JSONResponse({"version": version.name, "data_date": version.data_date.isoformat()})


app = st.App(
    PROJECT / "pages" / "main.py",
    lifespan=lifespan,
    routes=[Route("/health", health), Route("/drawn/{name}", drawn.answer), WebSocketRoute("/changes", changes.listen)],
    middleware=[Middleware(headers.Guarded), Middleware(Door), Middleware(Compressed)],
    exception_handlers={Exception: headers.broken},
)
