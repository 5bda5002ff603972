"""Runs `alerts`: lists the open alerts, or posts them to another system and reports each recovery once."""

from __future__ import annotations

import fcntl
import hashlib
import http.client
import json
import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypedDict
from urllib.parse import urlsplit

from rich.table import Table

from etl.cli.console import console
from etl.cli.failures import file_failure, print_error
from sql.errors import InputError, LinliError
from sql.language import pick
from sql.security.escaping import as_json
from sql.security.release import Policy
from sql.semantic.alerts import Alert, open_alerts, open_alerts_everywhere
from sql.semantic.catalog import catalog
from sql.semantic.periods import Period
from sql.semantic.scope import Scope, areas
from sql.warehouse import Version, current_version

EXIT_NONE_OPEN, EXIT_SOME_OPEN, EXIT_FAILED = 0, 1, 3
# Lies beside the versions: the alerts that were open at the last announcement, per channel.
STATE_FILE = "alerts.json"
_TIMEOUT_SECONDS = 10


class _Refused(LinliError):
    """Raised where the address does not accept the alerts, or the state file cannot be read."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: a redirected POST arrives as an empty GET, which is an error and no success."""

    def redirect_request(self, *_args: object) -> None:
        return None


class _Announcement(TypedDict):
    """Holds what is printed and posted. Alerts are laid out as by `_as_json_fields`; open ones also have `is_new`."""

    data_date: str
    today: str
    version: str
    area_code: str | None
    area_name: str | None
    open: list[dict[str, Any]]
    recovered: list[dict[str, Any]]


def run_alerts(
    warehouse: Path, area: str | None, format: Literal["table", "json"], post_url: str | None, is_always_posted: bool
) -> int:
    """Prints the open alerts, or posts them where they changed. Returns 0 for no open alert, 1 for some, 3 for a
    failure."""
    _require_web(post_url)
    try:
        version = Policy.OUTSIDE.view(current_version(warehouse))
        alerts = _alerts(version, area)
        with _announced_alerts(warehouse) as announced:
            key = f"{area or 'all'} {_channel(post_url)}"
            before = announced.get(key, {})
            unavailable = _unavailable_alerts(version)
            announcement = _announcement(version, area, alerts, before, unavailable)
            is_changed = bool(announcement["recovered"]) or any(alert["is_new"] for alert in announcement["open"])
            if post_url and (is_changed or is_always_posted):
                _post(post_url, announcement)
            # After a failed post nothing is remembered as announced.
            announced[key] = {name: alert for name, alert in before.items() if alert["alert"] in unavailable}
            announced[key] |= {_identity(alert): alert | {"is_new": False} for alert in announcement["open"]}
    except InputError:
        raise
    except (LinliError, OSError) as error:
        print_error(error if isinstance(error, LinliError) else file_failure(error))
        return EXIT_FAILED
    for path, file_error in catalog.broken_files().items():
        if path.startswith("alerts/"):
            # Not to stdout, where another program may read JSON.
            print_error(file_error)
    if post_url:
        _print_posted(announcement, is_changed or is_always_posted)
    elif format == "json":
        print(as_json(announcement, indent=1))
    else:
        _print_table(announcement)
    return EXIT_SOME_OPEN if alerts else EXIT_NONE_OPEN


def _alerts(version: Version, area: str | None) -> list[Alert]:
    if area is None:
        return open_alerts_everywhere(version)
    return open_alerts(Scope(version, area, Period(None, version.data_month)))


def _unavailable_alerts(version: Version) -> set[str]:
    """Returns the alerts that cannot be queried: their file is broken and the version was built without it. What they
    announced before counts neither as open nor as recovered."""
    return {
        Path(path).stem
        for path in catalog.broken_files()
        if path.startswith("alerts/") and version.sql_file(path) is None
    }


def _announcement(
    version: Version, area: str | None, alerts: list[Alert], before: dict[str, dict], unavailable: set[str]
) -> _Announcement:
    """Returns the open alerts, the worst first, with new ones marked, and the recovered ones."""
    open_alerts = [_as_json_fields(alert) for alert in alerts]
    now = {_identity(alert) for alert in open_alerts}
    return {
        "data_date": version.data_date.isoformat(),
        "today": version.today.isoformat(),
        "version": version.name,
        "area_code": area,
        "area_name": areas(version)[area].name or None,
        "open": [alert | {"is_new": _identity(alert) not in before} for alert in open_alerts],
        "recovered": [alert for name, alert in before.items() if name not in now and alert["alert"] not in unavailable],
    }


def _as_json_fields(alert: Alert) -> dict[str, Any]:
    return {
        "alert": alert.name,
        "title": alert.title._asdict(),
        "area_code": alert.area.code,
        "area_name": alert.area.name,
        "level": alert.area.level,
        "value": alert.value,
        "limit": alert.limit,
        "unit": alert.unit,
        "beyond_percent": alert.beyond_percent,
        "since": alert.since and alert.since.isoformat(),
        "metric": alert.metric,
        "message": alert.message._asdict(),
        # Its name until release 0.5.0, which receivers may read.
        "told": alert.message._asdict(),
        "remedy": alert.remedy._asdict(),
    }


def _identity(alert: dict[str, Any]) -> str:
    return f"{alert['alert']} {alert['area_code']}"


def _channel(url: str | None) -> str:
    """Returns the name under which announcements to an address are kept: a hash, because addresses hold secrets."""
    return hashlib.sha256(url.encode()).hexdigest()[:16] if url else "printed"


@contextmanager
def _announced_alerts(warehouse: Path) -> Iterator[dict[str, dict]]:
    """Yields the last announced alerts per channel. Writes them back when the block ends, but not where it fails."""
    path = warehouse / STATE_FILE
    with (warehouse / "alerts.lock").open("w") as lock:
        # Two runs at once would announce the same recovery twice.
        fcntl.flock(lock, fcntl.LOCK_EX)
        announced = _read(path)
        yield announced
        aside = path.with_suffix(".new")
        aside.write_text(json.dumps(announced, ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(aside, path)


def _read(path: Path) -> dict[str, dict]:
    try:
        announced = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(announced, dict) and all(isinstance(alerts, dict) for alerts in announced.values()):
            for alert in (alert for alerts in announced.values() for alert in alerts.values()):
                # Release 0.5.0 wrote the text under its old name alone.
                alert.setdefault("message", alert["told"])
            return announced
    except FileNotFoundError:
        return {}
    except (ValueError, LookupError, AttributeError):
        pass
    raise _Refused(
        f"{path} 读不懂；删除它，下一次就把所有预警当作新的告知",
        f"{path} cannot be read; delete it: the next run then announces every alert as new",
    )


def _require_web(url: str | None) -> None:
    """Raises InputError for an address that is not http or https."""
    if url is None:
        return
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_web = False
    if not is_web:
        raise InputError("--post 应为 http:// 或 https:// 的地址", "--post takes an http:// or https:// address")


def _post(url: str, announcement: _Announcement) -> None:
    """Sends the alerts as JSON. Raises _Refused, which names only the host, where the address cannot be reached or
    refuses them."""
    request = urllib.request.Request(  # noqa: S310  `_require_web` checked that it is http or https
        url,
        data=json.dumps(announcement, ensure_ascii=False).encode(),
        method="POST",
        headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "linli"},
    )
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=_TIMEOUT_SECONDS):
            return
    except (OSError, http.client.HTTPException) as error:
        host = urlsplit(url).hostname
        raise _Refused(
            f"没有送达 {host}：{error}；请核对地址和网络，下一次运行会再送",
            f"{host} did not accept the alerts: {error}; check the address and the network; the next run tries again",
        ) from error


def _print_posted(announcement: _Announcement, is_posted: bool) -> None:
    open_count, recovered_count = len(announcement["open"]), len(announcement["recovered"])
    counts = pick(f"{open_count} 项预警，{recovered_count} 项恢复", f"{open_count} open, {recovered_count} recovered")
    outcome = pick("已发送", "posted") if is_posted else pick("没有变化，未发送", "nothing changed, not posted")
    console.print(pick(f"{outcome}：{counts}", f"{outcome}: {counts}"))


def _print_table(announcement: _Announcement) -> None:
    """Prints a table per alert, its areas in it, with the remedy below the open ones."""
    for alerts, state in (
        (announcement["open"], pick("预警", "Open")),
        (announcement["recovered"], pick("已恢复", "Recovered")),
    ):
        for name in dict.fromkeys(alert["alert"] for alert in alerts):
            same_alert = [alert for alert in alerts if alert["alert"] == name]
            title, remedy = pick(**same_alert[0]["title"]), pick(**same_alert[0]["remedy"])
            table = Table(title=pick(f"{state}：{title}", f"{state}: {title}"), title_justify="left")
            table.add_column(pick("地区", "Area"), no_wrap=True)
            table.add_column(pick("情况", "Situation"), overflow="fold")
            for alert in same_alert:
                mark = "◆ " if alert["is_new"] else ""
                table.add_row(f"{mark}{alert['area_name']} {alert['area_code']}", pick(**alert["message"]))
            console.print(table)
            if alerts is announcement["open"]:
                console.print(pick(f"处理：{remedy}", f"What to do: {remedy}"), "", sep="\n")
    open_count, recovered_count = len(announcement["open"]), len(announcement["recovered"])
    console.print(
        pick(
            f"{open_count} 项预警 · {recovered_count} 项恢复 · ◆ 新的 · 数据截至 {announcement['data_date']} · "
            f"今天 {announcement['today']}",
            f"{open_count} open · {recovered_count} recovered · ◆ new · data to {announcement['data_date']} · "
            f"today {announcement['today']}",
        )
    )
