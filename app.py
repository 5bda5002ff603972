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

from etl.build.build import build, rebuild_models
from etl.build.versions import read_pointer
from etl.cli import failures
from etl.cli.build import default_source, print_report
from pages.meeting import store
from pages.server.delivery import changes, map_features
from pages.server.delivery.assets import CompressionMiddleware
from pages.server.security import authentication, connections, headers, refusals, sockets
from pages.server.startup import safety, warm_up
from sql import warehouse
from sql.errors import LinliError
from sql.language import pick
from sql.semantic import moved_files

PROJECT = Path(__file__).parent
# This must come before anything is built, opened or served.
safety.check_or_exit(sys.argv[1:])


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Builds the demo if there is no data yet, then rebuilds the warehouse on every edit while the server runs."""
    for location in moved_files.move():
        print(pick(f"已移到 {location}", f"moved to {location}"), flush=True)
    folder = warehouse.folder()
    try:
        _build(folder)
    except LinliError as error:
        failures.end_with(error)
    await to_thread.run_sync(warm_up.run)
    limits = connections.limit(asyncio.get_running_loop())
    tasks = [
        asyncio.create_task(work)
        for work in (
            changes.watch(store.folder(), store.change_message),
            sockets.watch(),
            refusals.record_pending(),
            limits.watch(),
        )
    ]
    command = [sys.executable, "-m", "etl", "watch", "--warehouse", str(folder)]
    watcher = subprocess.Popen(command, cwd=PROJECT)  # noqa: S603  this Python and a module of our own
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        gc.unfreeze()
        watcher.terminate()
        watcher.wait()


def _build(folder: Path) -> None:
    """Builds a version where there is none, and its models anew where an earlier release built it.

    Raises LinliError.
    """
    source = default_source()
    if read_pointer(folder) is None:
        print_report(build(source, folder), source)
    elif not warehouse.is_of_this_release(warehouse.intact_version(folder)):
        print_report(rebuild_models(folder), source)


async def health(request: Request) -> JSONResponse:
    """Answers monitoring with 200 while there is a version to serve; only a known user sees its name and data date."""
    version = warehouse.current_version()
    if await authentication.find_person(request) is None:
        return JSONResponse({"status": "ok"})
    return JSONResponse({"status": "ok", "version": version.name, "data_date": version.data_date.isoformat()})


app = st.App(
    PROJECT / "pages" / "main.py",
    lifespan=lifespan,
    routes=[
        Route("/health", health),
        Route("/drawn/{name}", map_features.serve),
        WebSocketRoute("/changes", changes.listen),
    ],
    middleware=[
        Middleware(headers.SecurityMiddleware),
        Middleware(authentication.AccessMiddleware),
        Middleware(CompressionMiddleware),
    ],
    exception_handlers={Exception: headers.server_error},
)
