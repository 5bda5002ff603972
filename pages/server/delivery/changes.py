"""Tells open pages that something they show has changed: a file of sql/ was saved, or a version published.

A page asks for nothing meanwhile: it holds one socket, on which a word comes when there is something new.
"""

from __future__ import annotations

from pathlib import Path

from starlette.websockets import WebSocket, WebSocketDisconnect
from watchfiles import Change, awatch

from pages.meeting import playlist, store
from sql import warehouse
from sql.semantic.files import catalog
from sql.semantic.files.sql_file import SQL_FOLDER

_open: set[WebSocket] = set()


async def watch() -> None:
    """Tells every open page of each change, until it is cancelled."""
    playlist.folder().mkdir(parents=True, exist_ok=True)
    # A save shows at once; an editor's several writes of one file are one.
    async for changes in awatch(
        SQL_FOLDER, warehouse.folder(), playlist.folder(), watch_filter=_is_shown, debounce=100, step=20
    ):
        catalog.clear_cache()
        for word in sorted({_word(Path(path)) for _change, path in changes}):
            await _tell(word)


async def _tell(word: str) -> None:
    for socket in list(_open):
        try:
            await socket.send_text(word)
        except (RuntimeError, WebSocketDisconnect):
            # It is being closed: who opened it asks anew.
            _open.discard(socket)


def _is_shown(_change: Change, path: str) -> bool:
    shown = (warehouse.POINTER, warehouse.LAST_BUILD, store.FILE)
    return path.endswith((".sql", ".toml", ".csv")) or Path(path).name in shown


def _word(path: Path) -> str:
    """What open pages are told of a changed file: `meeting` or `data`; of shows and decisions which change it is."""
    if path.parent != playlist.folder():
        return "data"
    return f"meeting {store.change_count()}" if path.name == store.FILE else "meeting"


async def listen(socket: WebSocket) -> None:
    """The route on which one page is told, for as long as it is open."""
    await socket.accept()
    _open.add(socket)
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        _open.discard(socket)
