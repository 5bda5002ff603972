"""What `python -m etl alerts` does: lists the open alerts, or posts them to other systems, and tells once what is
over."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import http.client
import json
import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import urlsplit

from rich.console import Group
from rich.table import Table

from etl.cli.console import console, print_error
from sql.errors import InputError, LinliError
from sql.security.escaping import as_json
from sql.semantic.alerts import Alert, open_alerts, open_alerts_everywhere
from sql.semantic.files import catalog
from sql.semantic.periods import Period
from sql.semantic.scope import Scope, areas
from sql.warehouse import Version, current_version

EXIT_NONE_OPEN, EXIT_SOME_OPEN, EXIT_FAILED = 0, 1, 3
# What was open when alerts were last announced, beside the versions.
STATE_FILE = "alerts.json"
_TIMEOUT_SECONDS = 10


class _Refused(LinliError):
    """The address did not take the alerts."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A POST that is redirected arrives as an empty GET: better told than taken for success."""

    def redirect_request(self, *_args: object) -> None:
        return None


class _Told(TypedDict):
    """What is printed and posted; an alert as `_written` has it, an open one with `is_new`."""

    data_date: str
    version: str
    area_code: str | None
    area_name: str | None
    open: list[dict[str, Any]]
    recovered: list[dict[str, Any]]


def run_alerts(args: argparse.Namespace) -> int:
    """Prints the open alerts, or posts them where they are others than before; 0 none open, 1 some, 3 failed."""
    _require_web(args.post)
    try:
        # What is posted leaves the office: counts of people are rounded in it.
        version = current_version(args.warehouse).with_rounding
        alerts = _alerts(version, args.area)
        with _announcing(args.warehouse) as announced:
            key = f"{args.area or 'all'} {_channel(args.post)}"
            before = announced.get(key, {})
            left_out = _left_out(version)
            told = _told(version, args.area, alerts, before, left_out)
            is_changed = bool(told["recovered"]) or any(alert["is_new"] for alert in told["open"])
            if args.post and (is_changed or args.always):
                _post(args.post, told)
            # Only what has been told is remembered as told.
            announced[key] = {name: alert for name, alert in before.items() if alert["alert"] in left_out}
            announced[key] |= {_identity(alert): alert | {"is_new": False} for alert in told["open"]}
    except InputError:
        raise
    except (LinliError, OSError) as error:
        print_error(error if isinstance(error, LinliError) else _unwritten(error))
        return EXIT_FAILED
    for path, complaint in catalog.broken_files().items():
        if path.startswith("alerts/"):
            # Not to stdout, where JSON is read by another program.
            print_error(complaint)
    if args.post:
        _print_posted(told, is_changed or args.always)
    elif args.format == "json":
        print(as_json(told, indent=1))
    else:
        _print_table(told)
    return EXIT_SOME_OPEN if alerts else EXIT_NONE_OPEN


def _alerts(version: Version, area: str | None) -> list[Alert]:
    if area is None:
        return open_alerts_everywhere(version)
    return open_alerts(Scope(version, area, Period(None, version.data_month)))


def _left_out(version: Version) -> set[str]:
    """The alerts that cannot be asked: their files are broken, and the version was built before them. What they told
    is neither open nor over."""
    return {
        Path(path).stem
        for path in catalog.broken_files()
        if path.startswith("alerts/") and version.sql_file(path) is None
    }


def _told(
    version: Version, area: str | None, alerts: list[Alert], before: dict[str, dict], left_out: set[str]
) -> _Told:
    """What is posted: the open alerts, the worst first, those not told before marked, and those that are over."""
    found = [_written(alert) for alert in alerts]
    now = {_identity(alert) for alert in found}
    return {
        "data_date": version.data_date.isoformat(),
        "version": version.name,
        "area_code": area,
        "area_name": areas(version)[area].name or None,
        "open": [alert | {"is_new": _identity(alert) not in before} for alert in found],
        "recovered": [alert for name, alert in before.items() if name not in now and alert["alert"] not in left_out],
    }


def _written(alert: Alert) -> dict[str, Any]:
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
        "told": alert.message._asdict(),
        "remedy": alert.remedy._asdict(),
    }


def _identity(alert: dict[str, Any]) -> str:
    return f"{alert['alert']} {alert['area_code']}"


def _channel(url: str | None) -> str:
    """Each address is told for itself. Addresses hold secrets, and are not written down."""
    return hashlib.sha256(url.encode()).hexdigest()[:16] if url else "printed"


@contextmanager
def _announcing(warehouse: Path) -> Iterator[dict[str, dict]]:
    """What each channel was told last, written back whole when the block ends and left as it was where it fails."""
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
        kept = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(kept, dict) and all(isinstance(told, dict) for told in kept.values()):
            return kept
    except FileNotFoundError:
        return {}
    except ValueError:
        pass
    raise _Refused(
        f"{path} 读不懂；删除它，下一次就把所有预警当作新的告知",
        f"{path} cannot be read; delete it: the next run tells every alert as new",
    )


def _require_web(url: str | None) -> None:
    """Raises AskError for an address that is none of http or https."""
    if url is None:
        return
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_web = False
    if not is_web:
        raise InputError("--post 应为 http:// 或 https:// 的地址", "--post takes an address of http:// or https://")


def _post(url: str, told: _Told) -> None:
    """Sends the alerts as JSON. Raises _Refused, with the host alone, where the address cannot be reached or says
    no."""
    request = urllib.request.Request(  # noqa: S310  `_require_web` has seen that it is http or https
        url,
        data=json.dumps(told, ensure_ascii=False).encode(),
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
            f"{host} did not take the alerts: {error}; check the address and the network; the next run tries again",
        ) from error


def _unwritten(error: OSError) -> str:
    return (
        f"读写失败：{error}；请检查磁盘空间和权限后重试\n"
        f"reading or writing failed: {error}; check the space on the disk and the permissions, and try again"
    )


def _print_posted(told: _Told, is_posted: bool) -> None:
    counts = (
        f"{len(told['open'])} 项预警，{len(told['recovered'])} 项恢复 · "
        f"{len(told['open'])} open, {len(told['recovered'])} recovered"
    )
    console.print(
        f"已发送 posted: {counts}" if is_posted else f"没有变化，未发送 nothing changed, not posted: {counts}"
    )


def _print_table(told: _Told) -> None:
    for title, alerts in (("预警 open", told["open"]), ("已恢复 recovered", told["recovered"])):
        for name in dict.fromkeys(alert["alert"] for alert in alerts):
            of_one = [alert for alert in alerts if alert["alert"] == name]
            first = of_one[0]
            table = Table(title=f"{title}: {first['title']['zh']} · {first['title']['en']}", title_justify="left")
            table.add_column("地区 area", no_wrap=True)
            table.add_column("情况 what", overflow="fold")
            for alert in of_one:
                mark = "◆ " if alert["is_new"] else ""
                table.add_row(
                    f"{mark}{alert['area_name']} {alert['area_code']}", Group(alert["told"]["zh"], alert["told"]["en"])
                )
            console.print(table)
            if alerts is told["open"]:
                console.print(f"处理 what to do: {first['remedy']['zh']}", first["remedy"]["en"], "", sep="\n")
    console.print(
        f"{len(told['open'])} 项预警 open · {len(told['recovered'])} 项恢复 recovered · ◆ 新的 new · "
        f"数据截至 data to {told['data_date']}"
    )
