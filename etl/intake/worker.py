"""The process that files are parsed in: it may be killed, or fall, without anything else being lost.

It takes pickled tasks on its standard input and answers each with a line of JSON. It ends by itself when its parent is
gone or has had nothing for it for a while.
"""

import hashlib
import json
import os
import pickle
import select
import sys

from etl.contracts import registered
from etl.intake import kept
from etl.intake.errors import FileError
from etl.intake.readers import open_workbook, unreadable
from etl.intake.tasks import ListSheets, ReadUnit
from etl.intake.units import alone

_IDLE_SECONDS = 60


def answer(task: ReadUnit | ListSheets) -> dict[str, object]:
    """What is sent back: {"sheets": …}, {} where the unit is kept, {"file": [zh, en]} where the file is at fault and that
    must not be kept, {"system": text} where the machine is."""
    if isinstance(task, ListSheets):
        try:
            return {"sheets": open_workbook(task.path).sheet_names}
        except FileError as error:
            return {"file": [error.zh, error.en]}
    try:
        outcome = alone(task.path, task.sheet, registered()[task.table], task.section, task.key)
    except FileError as error:
        outcome = error
    try:
        with task.path.open("rb") as content:
            unchanged = hashlib.file_digest(content, "sha256").hexdigest() == task.content_hash
    except OSError as error:
        fault = unreadable(error)
        return {"file": [fault.zh, fault.en]}
    if not unchanged:
        return {"file": [
            "读取时文件被改动；请等保存完成后重新构建",
            "the file was changed while it was being read; build again once it is saved",
        ]}
    try:
        kept.keep(task.folder, task.name, outcome)
    except OSError as error:
        return {"system": f"{task.folder}: {error}"}
    return {}


def _tasks():
    while select.select([sys.stdin], [], [], _IDLE_SECONDS)[0]:
        try:
            yield pickle.load(sys.stdin.buffer)
        except EOFError:
            return


def main() -> None:
    """Answer tasks until there are no more."""
    # What a library prints must not stand between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for task in _tasks():
        print(json.dumps(answer(task), ensure_ascii=False), file=answers, flush=True)


if __name__ == "__main__":
    main()
