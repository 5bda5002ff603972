"""Draws what the checks of sql/checks found in the area, and the rows of the selected check."""

from __future__ import annotations

import polars as pl
import streamlit as st

from pages.ui.i18n import texts, values
from pages.ui.i18n.names import full_name
from pages.ui.i18n.texts import _
from pages.ui.kit import html_widgets
from pages.ui.kit.html_widgets import DialogButton
from pages.ui.kit.tables import data_table, exports
from pages.ui.kit.tables.columns import Column, Columns
from sql.errors import SqlFileError
from sql.files.sql_file import SqlFile
from sql.quality import checks
from sql.quality.checks import CheckResult
from sql.security import disclosure
from sql.security.release import Frame
from sql.semantic.catalog import catalog
from sql.semantic.scope import Scope, areas
from sql.source_tables import SOURCE_TABLES

_MARKS = {"error": "▼", "warn": "▼", "verify": "▲"}
# A check may find thousands of rows; the download has all of them.
_MAX_SHOWN = 1000
# Session-state key of the selected check's name.
_SELECTED_CHECK = "quality_check"


def severity(name: str) -> str:
    """Returns a severity in words: 错误, 提醒, 需核实."""
    return {"error": _("错误"), "warn": _("提醒"), "verify": _("需核实")}[name]


def explanation(scope: Scope) -> DialogButton:
    """Returns an ⓘ button that explains the checks, with the SQL of those that found rows, or of all where none did."""

    def draw() -> None:
        results = checks.results(scope.version, scope.area_code)
        st.markdown(_("错误不发布，提醒要改正，需核实的也可能是真的"))
        for result in [result for result in results if result.failing_rows] or results:
            st.markdown(
                f"**{texts.of(result.title)}** · {severity(result.severity)} · {texts.number(result.failing_rows)}"
            )
            st.caption(f"sql/checks/{result.name}.sql")
            st.code(_file(result.name).text, language="sql", wrap_lines=True)

    return DialogButton("explain", "card_checks", lambda: html_widgets.dialog(_("口径"), draw))


def checked(scope: Scope) -> None:
    """Draws all checks, those that found rows first, and beside them the rows."""
    results = sorted(checks.results(scope.version, scope.area_code), key=lambda result: result.failing_rows == 0)
    left, right = st.columns([9, 11])
    with left:
        selected = _list(scope, results)
    with right:
        _rows(scope, selected)


def _list(scope: Scope, results: list[CheckResult]) -> CheckResult:
    """Draws the checks as a table; returns the selected one, else the first."""
    failing_count = sum(result.failing_rows > 0 for result in results)
    rows = pl.DataFrame(
        {
            "mark": [
                f"{_MARKS[result.severity]} {severity(result.severity)}" if result.failing_rows else _("● 通过")
                for result in results
            ],
            "title": [texts.of(result.title) for result in results],
            "rows": [result.failing_rows for result in results],
        }
    )

    def choose(index: int) -> None:
        st.session_state[_SELECTED_CHECK] = results[index].name

    names = [result.name for result in results]
    stored_name = st.session_state.get(_SELECTED_CHECK)
    selected_index = names.index(stored_name) if stored_name in names else 0
    with st.container(border=True, gap="xsmall", height="stretch", key="panel_checks"):
        st.markdown("## " + _("{count} 项核对，{failing} 项有发现").format(count=len(results), failing=failing_count))
        st.caption(_("错误不发布，提醒要改正，需核实的也可能是真的；点一行看明细"))
        data_table.draw(
            rows,
            {"title": _("核对"), "mark": _("结果"), "rows": Column(_("行数"), decimals=0)},
            f"checks_{scope.area_code}",
            _("核对"),
            height=560,
            choose=choose,
            selected=selected_index,
        )
    return results[selected_index]


def _rows(scope: Scope, result: CheckResult) -> None:
    """Draws the rows that a check found, what to do about them, and its SQL."""
    rows = checks.check_rows(scope.version, result.name, scope.area_code)
    names = {code: full_name(area.name) for code, area in areas(scope.version).items() if code is not None}

    frame = Frame(
        lambda policy: checks.check_rows(policy.view(scope.version), result.name, scope.area_code),
        is_of_people=disclosure.has_rows_of_people(_file(result.name)),
    )
    with st.container(border=True, gap="xsmall", height="stretch", key="panel_check_rows"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"## {texts.of(result.title)}", width="stretch")
            exports.download_buttons(frame, f"{result.name}_{scope.area_code or 'all'}", "check_rows")
        if rows.is_empty():
            st.success(_("没有发现。"))
        else:
            st.caption(_("怎么办：{fix}").format(fix=texts.of(result.fix)))
            display_rows = _in_words(rows.head(_MAX_SHOWN)).with_columns(
                pl.col(checks.AREA_COLUMN)
                .replace_strict(names, default=None, return_dtype=pl.String)
                .alias(checks.AREA_COLUMN)
            )
            data_table.draw(
                display_rows,
                _columns(rows),
                f"check_rows_{result.name}_{scope.area_code}",
                texts.of(result.title),
                height=420,
            )
        st.caption(f"sql/checks/{result.name}.sql")
        # Plain text: the syntax highlighter alone is 1.7 MB to load.
        st.text(_file(result.name).text)


def _file(name: str) -> SqlFile:
    """Returns the current file of a check. Raises SqlFileError where it cannot be read."""
    file = catalog.current_files()[f"checks/{name}.sql"]
    if isinstance(file, SqlFileError):
        raise file
    return file


def _in_words(rows: pl.DataFrame) -> pl.DataFrame:
    """Returns the rows with values in words where they have one; numbers, names and codes unchanged."""
    check_words = {
        "duty": {"leader": _("网格长"), "member": _("网格员")},
        "table_name": {name: texts.table(name) for name in SOURCE_TABLES},
    }
    words = check_words | {
        name: {value: texts.of(text) for value, text in known_words.items()}
        for name, known_words in values.WORDS.items()
    }
    return rows.with_columns(
        pl.col(name).replace(words[name]) for name in rows.columns if name in words and rows[name].dtype == pl.String
    )


def _columns(rows: pl.DataFrame) -> Columns:
    """Returns the headers of the columns, the area first."""
    names = _names()
    headers = {name: names.get(name) or values.name(name) for name in rows.columns if name != checks.AREA_COLUMN}
    return {checks.AREA_COLUMN: _("区域"), **headers}


def _names() -> dict[str, str]:
    """Returns headers that only checks use; all other columns have their usual name."""
    return {
        "worker_id": _("社区工作者编号"),
        "grid_code": _("网格编码"),
        "duty": _("职务"),
        "leave_date": _("离职日期"),
        "post_id": _("任职编号"),
        "left_on": _("退出日期"),
        "request_id": _("工单编号"),
        "raised_at": _("上报时间"),
        "closed_at": _("办结时间"),
        "requests": _("工单"),
        "first_raised_on": _("最早上报"),
        "last_raised_on": _("最晚上报"),
        "days_raised_on": _("上报天数"),
        "session_id": _("培训班次编号"),
        "started_on": _("开始日期"),
        "same_as_session_id": _("相同的班次"),
        "same_as_started_on": _("相同班次的开始日期"),
        "attendees": _("参训人数"),
        "communities": _("社区"),
        "secretaries": _("正职人数"),
        "community_name": _("社区"),
        "workers": _("社区工作者"),
        "urban_residents": _("城镇常住人口"),
        "residents": _("常住人口"),
        "as_of": _("统计日期"),
        "previous_as_of": _("上次统计日期"),
        "previous_residents": _("上次常住人口"),
        "change_percent": _("变化（%）"),
        "first_as_of": _("最早统计"),
        "last_as_of": _("最晚统计"),
        "lowest_residents": _("最少人口"),
        "highest_residents": _("最多人口"),
        "band_lowest": _("区间下限"),
        "band_highest": _("区间上限"),
        "shares": _("比例之和"),
        "weights": _("权重之和"),
        "column_name": _("列"),
        "table_name": _("表"),
        "period": _("时期"),
        "activities": _("活动"),
        "round_percent": _("整十占比（%）"),
        "lowest": _("最小值"),
        "highest": _("最大值"),
        "scores": _("分数个数"),
        "lowest_score": _("最低分"),
        "highest_score": _("最高分"),
        "grids_without_leader": _("无网格长的网格"),
    }
