"""Draws who has reported and who has not, every file with its rows, and the version served."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.names import full_name
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import captured_panels, panels
from pages.ui.kit.tables import data_table
from pages.ui.kit.tables.columns import Column, Columns
from pages.ui.shell import current_user
from sql import query, warehouse
from sql.semantic.scope import Scope
from sql.source_tables import SOURCE_TABLES

# Symbol for the state of a district's table or of a file, and Streamlit's name of its colour.
_SYMBOLS = {
    "reported": "●",
    "loaded": "●",
    "overdue": "▼",
    "never": "○",
    "ignored": "○",
    "replaced": "○",
    "stale": "▲",
    "failed": "▲",
}
_COLOURS = {"●": "green", "▼": "orange", "▲": "orange", "○": "gray"}
# With more districts than this, a cell of the matrix only has room for the date.
_MAX_IN_FULL = 5


def state_label(state: str) -> str:
    """Returns the symbol and the word: ● 已报, ▼ 逾期, ○ 未报, ▲ 沿用上次."""
    words = {
        "reported": _("已报"),
        "overdue": _("逾期"),
        "never": _("未报"),
        "stale": _("沿用上次"),
        "failed": _("未读入"),
        "loaded": _("已装入"),
        "ignored": _("略过"),
        "replaced": _("已有更正"),
    }
    return f"{_SYMBOLS[state]} {words[state]}"


def reports(scope: Scope) -> None:
    """Draws the tables to ask for, and every district's tables."""
    _overdue_tables(scope)
    _matrix(scope)


def _overdue_tables(scope: Scope) -> None:
    """Draws the tables that are overdue or were not read, the longest overdue first; nothing where there are none."""
    rows = status(scope).filter(pl.col("status").is_in(["overdue", "stale", "failed"])).sort("due_on", nulls_last=True)
    if rows.is_empty():
        return
    message_column = "message_zh" if texts.language() == "zh" else "message_en"
    unread = (
        received_files(scope)
        .filter(pl.col("status").is_in(["stale", "failed"]))
        .group_by("district", "table_name")
        .agg(pl.col(message_column).str.join(_("；")).alias("message"))
    )
    display_rows = rows.join(unread, on=["district", "table_name"], how="left", maintain_order="left")
    title = _("{count} 张表要催").format(count=rows.height)
    with panels.query_panel(
        title,
        _("逾期的按应报日期先后"),
        "report_status",
        scope.with_filters(),
        rows,
        "to_chase",
        has_twin=False,
        area=scope.area_code,
    ):
        _table(
            "to_chase",
            title,
            scope,
            display_rows.select(
                "district_name",
                _words("table_name", texts.table, rows),
                _words("status", state_label, rows),
                "received_on",
                "covers_until",
                "due_on",
                "last_file",
                "message",
            ),
            {
                "district_name": _("地区"),
                "table_name": _("表"),
                "status": _("报送"),
                "received_on": _("收到日期"),
                "covers_until": _("数据到"),
                "due_on": _("应在此前再报"),
                "last_file": _("最近的文件"),
                "message": _("为什么没读入"),
            },
            height=320,
        )


def _table(key: str, title: str, scope: Scope, display_rows: pl.DataFrame, columns: Columns, height: int) -> None:
    """Draws a panel's table and captures it for briefings as displayed."""
    captured_panels.add_rows(key, title, "", display_rows, scope, columns=columns)
    data_table.draw(display_rows, columns, f"{key}_{scope.area_code}", title, height)


def _matrix(scope: Scope) -> None:
    """Draws tables by district: the status of each, the date its data reach, and the rows loaded."""
    rows = status(scope)
    districts = rows["district"].unique(maintain_order=True).to_list()
    reported_count = rows.filter(pl.col("status") != "never").height
    title = _("{districts} 个地区 × {tables} 张表，报过 {sent} 张").format(
        districts=len(districts), tables=rows["table_name"].n_unique(), sent=reported_count
    )
    note = _(
        "日期是数据到哪一天：名册、台账按文件写明的日期或收到那天，其余按最近一行；逾期从今天（{date}）算。"
        "间隔是本产品的建议值，地区可在标准文件里用 report_interval 另定"
    ).format(date=scope.version.today)
    with panels.query_panel(
        title, note, "report_status", scope.with_filters(), rows, "report_matrix", has_twin=False, area=scope.area_code
    ):
        captured_panels.add_rows(
            "report_matrix",
            title,
            note,
            rows.select(
                "district_name",
                _words("table_name", texts.table, rows),
                _words("status", state_label, rows),
                "received_on",
                "covers_until",
                "rows_loaded",
            ),
            scope,
            columns={
                "district_name": _("地区"),
                "table_name": _("表"),
                "status": _("报送"),
                "received_on": _("收到日期"),
                "covers_until": _("数据到"),
                "rows_loaded": _("装入"),
            },
        )
        cells = {(row["district"], row["table_name"]): row for row in rows.iter_rows(named=True)}
        tables = [name for name in SOURCE_TABLES if name in set(rows["table_name"])]
        columns = {
            _("表"): [f"**{texts.table(name)}**" for name in tables],
            _("应报间隔"): [_interval(rows, name) for name in tables],
        }
        for district in districts:
            column = [_cell(cells[district, name], len(districts) <= _MAX_IN_FULL) for name in tables]
            columns[texts.escape_markdown(full_name(cells[district, tables[0]]["district_name"]))] = column
        st.table(pl.DataFrame(columns), hide_index=True, border="horizontal", alt=title)


def _cell(row: dict[str, Any], is_full: bool) -> str:
    symbol = _SYMBOLS[row["status"]]
    parts = [f":{_COLOURS[symbol]}[{state_label(row['status'])}]"]
    if row["covers_until"] is not None:
        parts.append(str(row["covers_until"]))
    if is_full and row["rows_loaded"] is not None:
        parts.append(_("{count} 行").format(count=texts.number(row["rows_loaded"])))
    return " · ".join(parts)


def _interval(rows: pl.DataFrame, table: str) -> str:
    days = rows.filter(pl.col("table_name") == table)["interval_days"].unique().to_list()
    if len(days) > 1:
        return _("各地不同")
    return _("有变化时") if days[0] is None else _("{count} 天").format(count=days[0])


def files(scope: Scope) -> None:
    """Draws every file: its status, the date it reaches, and rows read = loaded + rejected + duplicates."""
    rows = received_files(scope)
    # Exact counts: rounded numbers would not add up.
    read_count, loaded_count, rejected_count, duplicate_count = (
        f"{rows[name].sum():,}" for name in ("rows_read", "rows_loaded", "rows_rejected", "rows_duplicate")
    )
    title = _("{count} 份文件，读取 {read} 行 = 装入 {loaded} + 退回 {rejected} + 重复 {twice}").format(
        count=rows.select("district", "file").n_unique(),
        read=read_count,
        loaded=loaded_count,
        rejected=rejected_count,
        twice=duplicate_count,
    )
    with panels.query_panel(
        title,
        _("有问题的在前"),
        "files_received",
        scope.with_filters(),
        rows,
        "files_received",
        has_twin=False,
        area=scope.area_code,
    ):
        display_rows = rows.select(
            _words("district", lambda name: name or _("全国标准"), rows),
            "file",
            "sheet",
            _words("table_name", texts.table, rows),
            _words("status", state_label, rows),
            "covers_until",
            "received_on",
            "rows_read",
            "rows_loaded",
            "rows_rejected",
            "rows_duplicate",
            pl.col("message_zh" if texts.language() == "zh" else "message_en").alias("message"),
            "extra_columns",
            "loaded_at",
        )
        _table(
            "files_received",
            title,
            scope,
            display_rows,
            {
                "district": _("地区"),
                "file": _("文件"),
                "sheet": _("工作表"),
                "table_name": _("表"),
                "status": _("状态"),
                "covers_until": _("数据到"),
                "received_on": _("收到日期"),
                "rows_read": Column(_("读取"), decimals=0),
                "rows_loaded": Column(_("装入"), decimals=0),
                "rows_rejected": Column(_("退回"), decimals=0),
                "rows_duplicate": Column(_("重复"), decimals=0),
                "message": _("说明"),
                "extra_columns": _("没用到的列"),
                "loaded_at": _("装入时间"),
            },
            height=640,
        )


def version(scope: Scope) -> None:
    """Draws the version that the pages use, its data date, when it was built and with which SQL."""
    rows, version_names = query("served_version", scope.with_filters()), warehouse.version_names(warehouse.folder())
    row = rows.row(0, named=True)
    with panels.query_panel(
        _("正在使用 {version}").format(version=row["version"]),
        "",
        "served_version",
        scope.with_filters(),
        rows,
        "served_version",
        has_twin=False,
    ):
        details = {
            _("数据截至"): str(row["data_date"]),
            _("今天"): _("{date}，由数据文件夹或 --as-of 指定").format(date=row["declared_day"])
            if row["declared_day"]
            else str(scope.version.today),
            _("构建时间"): f"{row['built_at']:%Y-%m-%d %H:%M:%S}",
            _("数据文件夹"): texts.escape_markdown(row["source"]),
            _("SQL 指纹"): row["sql_hash"][:16],
            _("保留的版本"): _("{count} 个，最早 {name}").format(count=len(version_names), name=version_names[0]),
            _("检查"): _("{passed}/{all} 项通过").format(
                passed=scope.version.checks.filter(pl.col("failing_rows") == 0).height, all=scope.version.checks.height
            ),
        }
        st.table(
            pl.DataFrame({"name": list(details), "value": list(details.values())}),
            hide_index=True,
            hide_header=True,
            border="horizontal",
            width="content",
        )
        if current_user.is_administrator():
            st.caption(_("退回上一个版本：python -m etl rollback；全部版本：python -m etl versions"))


def status(scope: Scope) -> pl.DataFrame:
    """Returns a row for each district and table: whether it was reported, and until when."""
    return query("report_status", scope.with_filters(), area=scope.area_code)


def received_files(scope: Scope) -> pl.DataFrame:
    """Returns a row for each file and sheet: its status, and its rows read, loaded and rejected."""
    return query("files_received", scope.with_filters(), area=scope.area_code)


def _words(name: str, to_word: Callable[[str], str], rows: pl.DataFrame) -> pl.Series:
    """Returns a column with its values in words."""
    return pl.Series(name, [None if value is None else to_word(value) for value in rows[name]], dtype=pl.String)
