"""Answers one statement in a sandboxed process of its own. `sql.sql_lab.runner` runs this file by its path.

It reads one request from standard input and writes one answer to standard output, both as JSON. Before it checks the
statement it drops everything it does not need through the operating system: opening files, writing, the network, new
processes, and most memory and time. From the project it imports only the modules in this folder.
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
# A short query is answered quickly even on a busy machine; after this much CPU time a query only gets idle time.
_LOWEST_PRIORITY = 19
_SHORT_SECONDS = 0.3
_FETCH_ROWS = 200
# The kind in which each type is returned; other types are returned as DuckDB's text.
_KINDS = (
    ("bool", re.compile("BOOLEAN")),
    ("int", re.compile("U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?")),
    ("float", re.compile(r"FLOAT|DOUBLE|DECIMAL.*")),
    ("date", re.compile("DATE")),
    # Python's datetime has no nanoseconds, so such timestamps stay text.
    ("time", re.compile("TIMESTAMP(_S|_MS)?")),
)
_CASTS = {"float": "double", "date": "varchar", "time": "varchar", "text": "varchar"}


def main() -> None:
    """Reads a request and writes the answer: `columns`, `rows` and `is_cut`, or `why` and `what` if the statement is
    rejected or fails."""
    request = json.load(sys.stdin.buffer)
    _limit(request["limits"])
    try:
        answer = json.dumps(_answer(_open(request), request), ensure_ascii=False)
    except RefusalError as refusal:
        answer = _refusal(refusal.why, refusal.what)
    except (MemoryError, duckdb.OutOfMemoryException):
        answer = _refusal("memory")
    except duckdb.Error as error:
        answer = _refusal("duckdb", str(error))
    sys.stdout.buffer.write(answer.encode(errors="replace"))
    sys.stdout.flush()
    # A regular exit would open and write files, which is no longer possible.
    os._exit(0)


def _refusal(why: str, what: str = "") -> str:
    return json.dumps({"why": why, "what": what})


def _limit(limits: dict[str, int]) -> None:
    """Drops the network, core dumps and file writing, and limits memory and time."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "unshare"):
        # Even if the machine does not permit this, the limit on open files also prevents connections.
        libc.unshare(_NEW_USER | _NEW_NETWORK)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    signal.alarm(limits["seconds"])
    for kind, limit in ((resource.RLIMIT_AS, limits["bytes"]), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(kind, (limit, limit))
    # The soft limit signals the process, the hard limit kills it.
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_seconds"], limits["cpu_seconds"] + 1))


def _open(request: dict) -> duckdb.DuckDBPyConnection:
    """Returns a read-only connection to the version with locked settings, and prevents the process from opening
    anything else."""
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
    threading.Thread(target=_lower_priority, daemon=True).start()
    # Open files stay open, but no further file, socket or pipe can be opened. Threads count as processes.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    return connection


def _lower_priority() -> None:
    """Yields the cores to the dashboard once a statement has used more CPU time than a short one."""
    start = time.process_time()
    while time.process_time() - start < _SHORT_SECONDS:
        time.sleep(0.05)
    # The statement runs in the main thread, whose ID is the process ID.
    os.setpriority(os.PRIO_PROCESS, os.getpid(), _LOWEST_PRIORITY)
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(os.getpid(), os.SCHED_IDLE, os.sched_param(0))


def _answer(connection: duckdb.DuckDBPyConnection, request: dict) -> dict[str, object]:
    tables, max_bytes = frozenset(map(tuple, request["tables"])), request["limits"]["answer_bytes"]
    text = check(connection, request["statement"], tables)
    # Binds the statement without running it, to get its columns.
    try:
        relation = connection.sql(text)
        names, types = relation.columns, relation.types
    except duckdb.Error as error:
        raise RefusalError("duckdb", _with_position(connection, text, str(error))) from error
    kinds = [next((kind for kind, pattern in _KINDS if pattern.fullmatch(str(type_))), "text") for type_ in types]
    # By position, because two columns may have the same name.
    columns = ", ".join(
        f"#{position}::{_CASTS[kind]}" if kind in _CASTS else f"#{position}" for position, kind in enumerate(kinds, 1)
    )
    max_rows = request["limits"]["rows"]
    final = f"select {columns} from (\n{text}\n) as asked limit {max_rows + 1}"  # noqa: S608  checked just below
    # Exactly the text that is run must have been checked.
    check(connection, final, tables)
    connection.execute(final)
    rows: list[tuple] = []
    size = 0
    while chunk := connection.fetchmany(_FETCH_ROWS):
        size += sum(len(value) if isinstance(value, str) else 8 for row in chunk for value in row)
        if size > max_bytes:
            raise RefusalError("bytes")
        rows += chunk
    return {"columns": list(zip(names, kinds, strict=True)), "rows": rows[:max_rows], "is_cut": len(rows) > max_rows}


def _with_position(connection: duckdb.DuckDBPyConnection, text: str, message: str) -> str:
    """Returns the error message with its position, which DuckDB reports for EXPLAIN but omits for the query itself."""
    try:
        connection.execute(f"explain\n{text}").fetchall()
    except duckdb.Error as error:
        return re.sub(r"LINE (\d+)", lambda line: f"LINE {int(line[1]) - 1}", str(error))
    return message


if __name__ == "__main__":
    main()
