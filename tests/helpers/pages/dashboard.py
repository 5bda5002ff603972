"""Serves a copy of the product with a login, so that tests can compare everything that users may write."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sql.audit import chain
from sql.paths import PROJECT
from tests.helpers.pages.login import LoginServer, serve_with_login

XIFENG, ZHENYUAN, QINGYANG = "621002", "621027", "621000"
PLAYLIST = """
title = "短会"
[[slides]]
kind = "numbers"
metrics = ["workers", "staffing_ratio"]
[[slides]]
kind = "numbers"
metrics = ["staffing_ratio"]
"""


def access_entry(*roles: str, area: str = XIFENG, who: str = "xifeng@example.cn") -> str:
    """Returns an entry of access.toml."""
    return f'[[people]]\nwho = "{who}"\nroles = {json.dumps(roles)}\narea = "{area}"\n'


@dataclass
class Dashboard:
    """Describes a served copy of the product with a login, and the files that its users may write."""

    server: LoginServer
    project: Path

    @property
    def meetings(self) -> Path:
        return self.server.access_file.parent / "meetings"

    def write_access(self, text: str) -> None:
        self.server.access_file.write_text(text, encoding="utf-8")

    def snapshot(self) -> dict[str, object]:
        """Returns everything that a page may write, except the audit log."""
        with sqlite3.connect(self.meetings / "meetings.sqlite") as connection:
            rows = list(connection.iterdump())
        files = [*self.meetings.glob("*.toml"), *(self.project / "data" / "queries").glob("*.sql")]
        return {"rows": rows, "notes": (self.project / "data" / "annotations.csv").read_bytes()} | {
            str(path): path.read_bytes() for path in files
        }

    def entries(self) -> list[dict]:
        """Returns the entries of the audit log."""
        folder = self.server.access_file.parent / "audit"
        return [json.loads(line) for path in chain.files(folder).values() for line in path.read_bytes().splitlines()]

    def actions(self, before: int) -> list[str]:
        """Returns the actions recorded after the first `before` entries: the changes, and `sql` for statements."""
        entries = self.entries()[before:]
        return [entry["detail"].get("what", "sql") for entry in entries if entry["kind"] in ("change", "sql")]


@contextmanager
def serve_copy(warehouse: Path, folder: Path) -> Iterator[Dashboard]:
    """Serves the product from a copy of its code in the folder, with a playlist of XIFENG."""
    project, meetings = folder / "project", folder / "meetings"
    meetings.mkdir()
    for name in ("pages", "sql", "etl", ".streamlit"):
        shutil.copytree(PROJECT / name, project / name, ignore=shutil.ignore_patterns("__pycache__", "secrets.toml"))
    shutil.copyfile(PROJECT / "app.py", project / "app.py")
    (project / "data").mkdir()
    for name in ("standards.csv", "annotations.csv"):
        shutil.copyfile(PROJECT / "data" / name, project / "data" / name)
    (meetings / f"short@{XIFENG}.toml").write_text(PLAYLIST, encoding="utf-8")
    with serve_with_login(warehouse, folder, project=project) as server:
        yield Dashboard(server, project)
