"""Answers one statement in a process of its own, which can do nothing else: run by `sql.sql_lab`, by its path.

It reads one request from its standard input and writes one answer to its standard output, both JSON. Before the
statement is looked at, the operating system has taken away what it does not need: opening files, writing, the network,
new processes, memory and time. Nothing of the project is imported but the modules beside this one.
"""

import ctypes
import json
import os
import re
import resource
import signal
import sys
import threading
import time

import duckdb
from statement import RefusalError, check

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_NO_NEW_PRIVILEGES = 38
# A short answer comes soon also where the machine is busy; who takes longer than these seconds of a core gets what
# others leave.
_LOWEST_PRIORITY = 19
_SHORT_SECONDS = 0.3
_ROWS_AT_ONCE = 200
# How each type is given back; what is not here is given as the text that DuckDB writes for it.
_KINDS = (
    ("bool", re.compile("BOOLEAN")),
    ("int", re.compile("U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?")),
    ("float", re.compile(r"FLOAT|DOUBLE|DECIMAL.*")),
    ("date", re.compile("DATE")),
    # Nanoseconds are more than Python's times hold: they stay text.
    ("time", re.compile("TIMESTAMP(_S|_MS)?")),
)
_CASTS = {"float": "double", "date": "varchar", "time": "varchar", "text": "varchar"}


def main() -> None:
    """Reads a request and writes the answer: `columns`, `rows` and `is_cut`, or `why` and `what` where there is
    none."""
    request = json.load(sys.stdin.buffer)
    _limit(request["limits"])
    try:
        answer = json.dumps(_answer(_opened(request), request), ensure_ascii=False)
    except RefusalError as refused:
        answer = _refusal(refused.why, refused.what)
    except (MemoryError, duckdb.OutOfMemoryException):
        answer = _refusal("memory")
    except duckdb.Error as error:
        answer = _refusal("duckdb", str(error))
    sys.stdout.buffer.write(answer.encode(errors="replace"))
    sys.stdout.flush()
    # What tidying up would open and write is not to be had any more.
    os._exit(0)


def _refusal(why: str, what: str = "") -> str:
    return json.dumps({"why": why, "what": what})


def _limit(limits: dict[str, int]) -> None:
    """Has the operating system take away the network, core dumps, what may be written, and most of memory and time."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "unshare"):
        # Where a machine does not allow it, what opens no file opens no connection either.
        libc.unshare(_NEW_USER | _NEW_NETWORK)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    signal.alarm(limits["seconds"])
    for what, most in ((resource.RLIMIT_AS, limits["bytes"]), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(what, (most, most))
    # At the first of the two it is told, at the second ended.
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_seconds"], limits["cpu_seconds"] + 1))


def _opened(request: dict) -> duckdb.DuckDBPyConnection:
    """A connection to the version that nothing can change any more, in a process that can open nothing else."""
    connection = duckdb.connect(
        request["path"],
        read_only=True,
        config={
            "threads": 1,
            "async_threads": 1,
            "memory_limit": f"{request['limits']['memory']}B",
            "max_temp_directory_size": "0KB",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        },
    )
    connection.execute("set TimeZone = 'Asia/Shanghai'")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    threading.Thread(target=_give_way, daemon=True).start()
    # What is open stays open, and nothing more can be: no file, no socket, no pipe. Threads count as processes.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    return connection


def _give_way() -> None:
    """Leaves the cores to the dashboard once the answer has taken long."""
    begun = time.process_time()
    while time.process_time() - begun < _SHORT_SECONDS:
        time.sleep(0.05)
    # The statement runs in the first thread, whose number is the process's.
    os.setpriority(os.PRIO_PROCESS, os.getpid(), _LOWEST_PRIORITY)
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(os.getpid(), os.SCHED_IDLE, os.sched_param(0))


def _answer(connection: duckdb.DuckDBPyConnection, request: dict) -> dict[str, object]:
    tables, most_bytes = frozenset(map(tuple, request["tables"])), request["limits"]["answer_bytes"]
    text = check(connection, request["statement"], tables)
    # Bound, not run: to know the columns.
    try:
        asked = connection.sql(text)
        names, types = asked.columns, asked.types
    except duckdb.Error as error:
        raise RefusalError("duckdb", _placed(connection, text, str(error))) from error
    kinds = [next((kind for kind, known in _KINDS if known.fullmatch(str(one))), "text") for one in types]
    # By place: two columns may have one name.
    columns = ", ".join(
        f"#{place}::{_CASTS[kind]}" if kind in _CASTS else f"#{place}" for place, kind in enumerate(kinds, 1)
    )
    most_rows = request["limits"]["rows"]
    whole = f"select {columns} from (\n{text}\n) as asked limit {most_rows + 1}"  # noqa: S608  looked at just below
    # What is run is what was looked at.
    check(connection, whole, tables)
    connection.execute(whole)
    rows: list[tuple] = []
    size = 0
    while chunk := connection.fetchmany(_ROWS_AT_ONCE):
        size += sum(len(value) if isinstance(value, str) else 8 for row in chunk for value in row)
        if size > most_bytes:
            raise RefusalError("bytes")
        rows += chunk
    return {"columns": list(zip(names, kinds, strict=True)), "rows": rows[:most_rows], "is_cut": len(rows) > most_rows}


def _placed(connection: duckdb.DuckDBPyConnection, text: str, words: str) -> str:
    """What is wrong, with its place: asked to explain, DuckDB tells the place, which it keeps to itself in a plain
    question."""
    try:
        connection.execute(f"explain\n{text}").fetchall()
    except duckdb.Error as error:
        return re.sub(r"LINE (\d+)", lambda line: f"LINE {int(line[1]) - 1}", str(error))
    return words


if __name__ == "__main__":
    main()
