"""The audit log: intact under concurrent and killed processes, every tampering found at its location, and nothing
personal in it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import multiprocessing
import os
import resource
import signal
import time
from datetime import date
from pathlib import Path
from threading import Thread
from xml.etree import ElementTree

import pytest

from etl.cli.app import main
from pages.ui.shell import watermark
from sql.audit import chain
from sql.audit import log as audit
from sql.audit.log import AuditError
from sql.audit.verification import verify
from tests.helpers.pages.screens import scope

_FORK = multiprocessing.get_context("fork")


def entries(folder: Path) -> list[dict]:
    """Returns the entries of the log in a folder."""
    return [json.loads(line) for path in chain.files(folder).values() for line in chain.read_content(path).splitlines()]


def add(folder: Path, count: int, who: str = "zhang") -> None:
    for place in range(count):
        chain.append(folder, {"who": who, "kind": "view", "page": "staffing", "rows": place})


def add_from_threads(folder: Path, who: str) -> None:
    threads = [Thread(target=add, args=(folder, 25, f"{who}{place}")) for place in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def one_file(folder: Path) -> Path:
    return list(chain.files(folder).values())[-1]


@pytest.fixture
def log(tmp_path: Path, monkeypatch) -> Path:
    """Returns a log of six entries, to which the test records."""
    add(tmp_path / "log", 6)
    monkeypatch.setenv("LINLI_AUDIT", str(tmp_path / "log"))
    return tmp_path / "log"


def test_a_folder_that_is_not_there_is_no_whole_log(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LINLI_AUDIT", str(tmp_path / "mistyped"))
    assert main(["audit", "verify"]) == 1
    assert "mistyped" in capsys.readouterr().out


@pytest.mark.parametrize(("language", "words"), [("zh", "6 条完整"), ("en", "6 entries, all intact")])
def test_an_intact_log_is_reported_as_intact(log, capsys, language, words):
    assert main(["--lang", language, "audit", "verify"]) == 0
    output = capsys.readouterr().out
    assert words in output and entries(log)[0]["at"] in output and entries(log)[-1]["hash"] in output
    assert verify(log.parent / "none").count == 0


def edited(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], lines[2].replace(b'"who":"zhang"', b'"who":"li"'), *lines[3:]]


def edited_with_its_hash(lines: list[bytes]) -> list[bytes]:
    """Edits a line and recomputes its hash, as somebody would who knows how hashes are made."""
    body = lines[2][:-75].replace(b"zhang", b"li") + b"}"
    return [*lines[:2], body[:-1] + f',"hash":"{hashlib.sha256(body).hexdigest()}"}}'.encode(), *lines[3:]]


TAMPERED = {
    "edited": (edited, ":3", "第 3 条与它的校验值不符"),
    "edited with its hash": (edited_with_its_hash, ":4", "第 4 条接不上前一条"),
    "a blank put in": (lambda lines: [lines[0].replace(b",", b", ", 1), *lines[1:]], ":1", "第 1 条与它的校验值不符"),
    "removed": (lambda lines: [*lines[:2], *lines[4:]], ":3", "缺第 3–4 条"),
    "the first removed": (lambda lines: lines[1:], ":1", "缺第 1 条"),
    "reordered": (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], ":2", "缺第 2 条"),
    "inserted": (lambda lines: [*lines[:3], lines[1], *lines[3:]], ":4", "应为第 4 条"),
    "another line inserted": (lambda lines: [*lines[:3], b"nothing happened", *lines[3:]], ":4", "不是审计记录"),
    "an empty line inserted": (lambda lines: [*lines[:3], b"", *lines[3:]], ":4", "不是审计记录"),
    "cut off": (lambda lines: lines[:4], "head", "末尾缺第 5–6 条"),
    "the last torn off": (lambda lines: [*lines[:5], lines[5][:40]], "head", "末尾缺第 6 条"),
    "emptied": (lambda lines: [], "head", "末尾缺第 1–6 条"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_is_found_at_its_location(log, capsys, name):
    tamper, place, what = TAMPERED[name]
    path = one_file(log)
    lines = tamper(path.read_bytes().rstrip(b"\n").split(b"\n"))
    path.write_bytes(b"\n".join(lines) + (b"\n" if lines and len(lines[-1]) > 100 else b""))
    assert main(["--lang", "zh", "audit", "verify"]) == 1
    output = capsys.readouterr().out
    assert f"{place if place == 'head' else path.name + place}：" in output and what in output
    # Later entries do not repair it.
    audit.record("view", "zhang")
    assert verify(log).fault is not None


def test_a_changed_or_removed_head_is_found(log):
    head = json.loads((log / "head").read_text())
    (log / "head").write_text(json.dumps(head | {"hash": "0" * 64}))
    assert verify(log).fault.location == "head"
    (log / "head").write_text(json.dumps(head | {"number": 7}))
    assert verify(log).fault.message.en == "entry 7 is missing at the end: it was cut off"
    # Cutting off the end and removing the head shows in the next entry.
    (log / "head").unlink()
    assert verify(log).fault.location == "head"
    one_file(log).write_bytes(b"".join(one_file(log).read_bytes().splitlines(keepends=True)[:4]))
    audit.record("view", "zhang")
    assert verify(log).fault.location == f"{one_file(log).name}:5"
    assert [entry["kind"] for entry in entries(log)] == ["view"] * 4 + ["continued", "view"]


def test_a_removed_file_is_found(log):
    one_file(log).unlink()
    assert "1–6" in verify(log).fault.message.zh
    audit.record("view", "zhang")
    assert verify(log).fault.location == f"{one_file(log).name}:1"
    assert [(entry["kind"], entry["number"]) for entry in entries(log)] == [("continued", 7), ("view", 8)]
    assert entries(log)[0]["detail"] == {"reason": "cut"}


def test_four_processes_and_their_threads_write_one_chain(tmp_path):
    processes = [_FORK.Process(target=add_from_threads, args=(tmp_path, who)) for who in "abcd"]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    report = verify(tmp_path)
    assert (report.count, report.torn_lines, report.fault) == (200, 0, None)
    log_entries = entries(tmp_path)
    assert [entry["number"] for entry in log_entries] == list(range(1, 201))
    for who in ("a1", "a2", "b1", "b2", "c1", "c2", "d1", "d2"):
        assert [entry["rows"] for entry in log_entries if entry["who"] == who] == list(range(25))


def test_a_log_whose_processes_are_killed_again_and_again_stays_whole(tmp_path):
    for turn in range(12):
        process = _FORK.Process(target=add, args=(tmp_path, 10_000))
        process.start()
        time.sleep(0.02 + 0.003 * turn)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert verify(tmp_path).fault is None, turn
    add(tmp_path, 1, "after")
    assert verify(tmp_path).fault is None and entries(tmp_path)[-1]["who"] == "after"


def test_a_line_left_torn_by_a_killed_process_stays_and_the_next_entry_says_so(log):
    torn = '{"number":7,"at":"2026-11-26T06:53:08.571+00:00","who":"张'.encode()
    with one_file(log).open("ab") as file:
        file.write(torn)
    report = verify(log)
    assert (report.count, report.torn_lines, report.fault) == (6, 1, None)
    assert audit.record("view", "li")["number"] == 8
    lines = one_file(log).read_bytes().splitlines()
    assert lines[6] == torn and json.loads(lines[7])["kind"] == "continued"
    assert json.loads(lines[7])["detail"]["bytes"] == len(torn)
    assert (verify(log).count, verify(log).torn_lines, verify(log).fault) == (8, 1, None)
    # The torn bytes are still there, unchanged.
    one_file(log).write_bytes(one_file(log).read_bytes().replace("张".encode(), "李".encode()))
    assert verify(log).fault.location == f"{one_file(log).name}:7"


def test_an_entry_whose_process_was_killed_before_the_head_was_written_counts(log):
    before = (log / "head").read_bytes()
    add(log, 2)
    (log / "head").write_bytes(before)
    assert (verify(log).count, verify(log).fault) == (8, None)
    add(log, 1)
    assert [entry["number"] for entry in entries(log)] == list(range(1, 10)) and verify(log).fault is None
    # The same holds for the first entry, and for one that reports a torn line.
    (log / "head").write_text(json.dumps({"number": 0, "hash": chain.ZERO_HASH, "month": "", "size": 0}))
    add(log, 1)
    before = (log / "head").read_bytes()
    with one_file(log).open("ab") as file:
        file.write(b'{"number":11')
    add(log, 1)
    (log / "head").write_bytes(before)
    add(log, 1)
    kinds = [
        json.loads(line)["kind"] for line in one_file(log).read_bytes().splitlines()[9:] if line != b'{"number":11'
    ]
    assert kinds == ["view", "continued", "view", "view"] and verify(log).fault is None


def dated(log: Path, *months: str) -> None:
    """Rewrites the log as if its entries were evenly spread over these months, each month in its own file."""
    lines = [line for path in chain.files(log).values() for line in path.read_bytes().splitlines()]
    for path in chain.files(log).values():
        path.unlink()
    previous, each = chain.ZERO_HASH, len(lines) // len(months)
    for place, line in enumerate(lines):
        month = months[place // each]
        fields = json.loads(line) | {"at": f"{month}-11T08:00:00.000+00:00", "previous": previous}
        body = json.dumps({name: fields[name] for name in fields if name != "hash"}, separators=(",", ":")).encode()
        previous = hashlib.sha256(body).hexdigest()
        with (log / f"{month}.jsonl").open("ab") as file:
            file.write(body[:-1] + f',"hash":"{previous}"}}\n'.encode())
    size = (log / f"{months[-1]}.jsonl").stat().st_size
    head = {"number": len(lines), "hash": previous, "month": months[-1], "size": size}
    (log / "head").write_text(json.dumps(head))


def swapped(log: Path, one: str, other: str) -> None:
    (log / one).rename(log / "aside")
    (log / other).rename(log / one)
    (log / "aside").rename(log / other)


def cut_with_its_head(log: Path) -> None:
    """Restores an older head, and cuts the file to its first line, a few bytes short of the size in that head."""
    path = log / "2026-03.jsonl"
    first = path.read_bytes().split(b"\n")[0] + b"\n"
    entry = json.loads(first)
    path.write_bytes(first)
    older = {"number": entry["number"], "hash": entry["hash"], "month": "2026-03", "size": len(first) + 4}
    (log / "head").write_text(json.dumps(older))


def with_half_a_line(log: Path, length: int) -> None:
    """Replaces the last line by one that was never completely written, `length` bytes longer."""
    path = log / "2026-03.jsonl"
    first, last, _end = path.read_bytes().split(b"\n")
    path.write_bytes(first + b"\n" + last[: len(last) // 2].ljust(len(last) + length, b" "))


# Tampering with the files of three months of two entries each, and the fault that is reported.
MOVED = {
    "the last month renamed to a later": (
        lambda log: (log / "2026-03.jsonl").rename(log / "2026-05.jsonl"),
        "2026-05.jsonl:1",
        "entry 5 belongs to 2026-03",
    ),
    "the last month renamed, its head too": (
        lambda log: (
            (log / "2026-03.jsonl").rename(log / "2026-05.jsonl"),
            (log / "head").write_text((log / "head").read_text().replace("2026-03", "2026-05")),
        ),
        "2026-05.jsonl:1",
        "entry 5 belongs to 2026-03",
    ),
    "the first month renamed": (
        lambda log: (log / "2026-01.jsonl").rename(log / "2025-12.jsonl"),
        "2025-12.jsonl:1",
        "entry 1 belongs to 2026-01",
    ),
    "a month in the middle moved past the end": (
        lambda log: (log / "2026-02.jsonl").rename(log / "2026-04.jsonl"),
        "2026-03.jsonl:1",
        "entry 3–4 is missing before it",
    ),
    "a month in the middle under another name": (
        lambda log: (log / "2026-02.jsonl").rename(log / "２０２６-02.jsonl"),
        "2026-03.jsonl:1",
        "entry 3–4 is missing before it",
    ),
    "two months swapped": (
        lambda log: swapped(log, "2026-01.jsonl", "2026-02.jsonl"),
        "2026-01.jsonl:1",
        "entry 3 belongs to 2026-02",
    ),
    "an entry in the month before": (
        lambda log: (
            (log / "2026-01.jsonl").write_bytes(
                (log / "2026-01.jsonl").read_bytes() + (log / "2026-02.jsonl").read_bytes().splitlines(True)[0]
            ),
            (log / "2026-02.jsonl").write_bytes((log / "2026-02.jsonl").read_bytes().splitlines(True)[1]),
        ),
        "2026-01.jsonl:3",
        "entry 3 belongs to 2026-02",
    ),
    "half a shorter line for the last": (
        lambda log: with_half_a_line(log, -40),
        "head",
        "entry 6 is missing at the end",
    ),
    "half a line as long as the last": (lambda log: with_half_a_line(log, 1), "head", "entry 6 is missing at the end"),
    "half a longer line for the last": (lambda log: with_half_a_line(log, 90), "head", "entry 6 is missing at the end"),
    "no head": (lambda log: (log / "head").unlink(), "head", "head is missing"),
    "an older head and file that do not agree": (cut_with_its_head, "head", "head does not match entry 5"),
    "a head of another month": (
        lambda log: (log / "head").write_text((log / "head").read_text().replace("2026-03", "2026-02")),
        "head",
        "head does not match entry 6",
    ),
    "a month packed and plain": (
        lambda log: (log / "2026-02.jsonl.gz").write_bytes(gzip.compress((log / "2026-02.jsonl").read_bytes())),
        "2026-02.jsonl.gz",
        "keep one",
    ),
}


@pytest.mark.parametrize("name", MOVED)
def test_moved_months_and_replaced_ends_are_found(log, capsys, name):
    move, place, what = MOVED[name]
    dated(log, "2026-01", "2026-02", "2026-03")
    assert (verify(log).count, verify(log).fault) == (6, None)
    move(log)
    assert main(["audit", "verify"]) == 1
    output = capsys.readouterr().out
    assert f"{log / place}: " in output and what in output
    # Later entries do not repair it.
    audit.record("view", "zhang")
    assert verify(log).fault is not None


def test_a_log_restored_whole_is_found_by_a_hash_that_was_kept_elsewhere(log, tmp_path, monkeypatch, capsys):
    older = {path.name: path.read_bytes() for path in log.iterdir()}
    add(log, 2)
    known = entries(log)[-1]["hash"]
    assert main(["audit", "verify", "--known", known]) == 0
    for name, old_content in older.items():
        (log / name).write_bytes(old_content)
    assert verify(log).fault is None
    capsys.readouterr()
    assert main(["audit", "verify", "--known", known]) == 1
    assert "reset to an earlier state" in capsys.readouterr().out
    # With half a line at its end it looks like the work of a killed process, except to the hash kept elsewhere.
    with one_file(log).open("ab") as file:
        file.write(b'{"number":7,"at":"2026')
    assert (verify(log).torn_lines, verify(log).fault) == (1, None)
    assert main(["audit", "verify", "--known", known]) == 1
    monkeypatch.setenv("LINLI_AUDIT", str(tmp_path / "none"))
    assert main(["audit", "verify", "--known", known]) == 1


def test_a_new_month_continues_the_chain_and_a_compressed_one_is_still_read(log):
    dated(log, "2026-01")
    add(log, 2)
    assert len(chain.files(log)) == 2 and (verify(log).count, verify(log).fault) == (8, None)
    old = log / "2026-01.jsonl"
    (log / "2026-01.jsonl.gz").write_bytes(gzip.compress(old.read_bytes()))
    old.unlink()
    add(log, 1)
    assert (verify(log).count, verify(log).fault) == (9, None)
    packed = (log / "2026-01.jsonl.gz").read_bytes()
    for damaged in (packed[:-20], packed[:40] + b"xxxx" + packed[44:], b"not packed"):
        (log / "2026-01.jsonl.gz").write_bytes(damaged)
        assert verify(log).fault.location == "2026-01.jsonl.gz" and "读不出" in verify(log).fault.message.zh
    (log / "2026-01.jsonl.gz").unlink()
    assert verify(log).fault.message.en == "this is entry 7; entry 1–6 is missing before it"


def test_a_clock_set_back_breaks_nothing(log):
    dated(log, "2099-12")
    add(log, 2)
    assert list(chain.files(log)) == ["2099-12"] and (verify(log).count, verify(log).fault) == (8, None)


def record_with_room_for(size: int) -> None:
    """Records in a process whose files may have at most `size` bytes; asserts that the write is refused."""

    def on_a_full_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        with pytest.raises(AuditError, match="cannot be written"):
            audit.record("view", "zhang")

    process = _FORK.Process(target=on_a_full_disk)
    process.start()
    process.join()
    assert process.exitcode == 0


def test_an_entry_that_cannot_be_written_is_reported_and_leaves_no_trace(log, tmp_path, monkeypatch):
    before = one_file(log).read_bytes()
    record_with_room_for(len(before) + 50)
    assert one_file(log).read_bytes() == before and verify(log).fault is None
    # A log has its head before its first entry: a process killed in between removed nothing.
    monkeypatch.setenv("LINLI_AUDIT", str(tmp_path / "new"))
    record_with_room_for(250)
    assert (tmp_path / "new" / "head").exists() and verify(tmp_path / "new").count == 0
    audit.record("view", "zhang")
    assert (verify(tmp_path / "new").count, verify(tmp_path / "new").fault) == (1, None)
    monkeypatch.setenv("LINLI_AUDIT", str(log))
    assert audit.check_writable() is None
    (tmp_path / "file").touch()
    monkeypatch.setenv("LINLI_AUDIT", str(tmp_path / "file" / "audit"))
    assert "不能导出" in audit.check_writable().zh
    with pytest.raises(AuditError):
        audit.record_export("zhang", "staffing", None, "staffing_ratio", "csv", 8, audit.new_serial())


def test_nothing_that_a_person_typed_is_in_it(log, demo):
    at = scope(demo, kind="visit", partner_id="张三丰")
    real = demo.rows("select min(kind) as kind from main.requests").item()
    statement = "select id_no as 李四, '王五' from main.workers -- 赵六\nwhere phone = 13812345678 and name = $$钱七$$ or x->>'$.孙八' = \"周九\""
    audit.record("view", "zhang", "requests", at)
    audit.record("view", "zhang", "requests", scope(demo, kind=real))
    audit.record("sql", "zhang", "sql_lab", rows=3, detail=audit.redact_statement(statement))
    written = one_file(log).read_text(encoding="utf-8")
    assert not [
        word for word in ("张三", "李四", "王五", "赵六", "13812345678", "钱七", "孙八", "周九") if word in written
    ]
    foreign, own, own_statement = entries(log)[-3:]
    assert foreign["filters"]["partner_id"] == "?" and own["filters"] == {"kind": real}
    assert own["area"] == "621000" and own["period"] == "2026-01..2026-06" and own["version"] == demo.name
    assert own_statement["detail"]["statement"] == (
        "select id_no as ? , ? from main . workers where phone = ? and name = ? or x ->> ? = ?"
    )
    assert own_statement["detail"]["sha256"] == hashlib.sha256(statement.encode()).hexdigest()


HOSTILE = 'li"},\n{"number":1}\r\u2028\ud800<script>alert(1)</script>'


def test_a_hostile_name_stays_one_line_and_a_text(log):
    audit.record("view", HOSTILE)
    assert len(one_file(log).read_bytes().split(b"\n")) == 8 and verify(log).fault is None
    assert entries(log)[-1]["who"] == HOSTILE
    tile = watermark.tile(HOSTILE, date(2026, 6, 1), "#1f2937")
    texts = [text.text for text in ElementTree.fromstring(tile).iter("{http://www.w3.org/2000/svg}tspan")]
    assert texts == ['li"},{"number":1}<script>alert(1)</scrip', "2026-06-01"]
    laid = ElementTree.fromstring(watermark.pattern(HOSTILE, date(2026, 6, 1), "#1f2937"))
    assert laid.attrib["aria-hidden"] == "true" and len(laid) == 0 and "script" not in laid.attrib["style"]
