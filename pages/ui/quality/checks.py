"""What the checks of sql/checks find doubtful in the area, and the rows of the one that is chosen."""

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
from sql.quality import checks
from sql.quality.checks import CheckResult
from sql.security import disclosure
from sql.semantic.files import catalog
from sql.semantic.files.sql_file import SqlFile
from sql.semantic.scope import Scope, areas

_MARKS = {"error": "▼", "warn": "▼", "verify": "▲"}
# A check may find thousands; all are in the download.
_MAX_SHOWN = 1000
# The check whose rows are shown, by its name.
_CHOSEN = "quality_check"


def severity(name: str) -> str:
    """错误, 提醒, 需核实."""
    return {"error": _("错误"), "warn": _("提醒"), "verify": _("需核实")}[name]


def explanation(scope: Scope) -> DialogButton:
    """An ⓘ that opens what the checks are for, with the SQL of each that found something, of all where none did."""

    def told() -> None:
        found = checks.results(scope.version, scope.area_code)
        st.markdown(_("错误不发布，提醒要改正，需核实的也可能是真的"))
        for one in [one for one in found if one.failing_rows] or found:
            st.markdown(f"**{texts.of(one.title)}** · {severity(one.severity)} · {texts.number(one.failing_rows)}")
            st.caption(f"sql/checks/{one.name}.sql")
            st.code(_file(one.name).text, language="sql", wrap_lines=True)

    return DialogButton("explain", "card_checks", lambda: html_widgets.dialog(_("口径"), told))


def panel(scope: Scope) -> None:
    """All checks, those that found rows first, and beside them the rows."""
    found = sorted(checks.results(scope.version, scope.area_code), key=lambda one: one.failing_rows == 0)
    left, right = st.columns([9, 11])
    with left:
        chosen = _list(scope, found)
    with right:
        _rows(scope, chosen)


def _list(scope: Scope, found: list[CheckResult]) -> CheckResult:
    """The checks as a table; returns the one chosen, else the first."""
    failing = sum(one.failing_rows > 0 for one in found)
    rows = pl.DataFrame(
        {
            "mark": [
                f"{_MARKS[one.severity]} {severity(one.severity)}" if one.failing_rows else _("● 通过") for one in found
            ],
            "title": [texts.of(one.title) for one in found],
            "rows": [one.failing_rows for one in found],
        }
    )

    def choose(place: int) -> None:
        st.session_state[_CHOSEN] = found[place].name

    names = [one.name for one in found]
    asked = st.session_state.get(_CHOSEN)
    chosen = names.index(asked) if asked in names else 0
    with st.container(border=True, gap="xsmall", height="stretch", key="panel_checks"):
        st.markdown("## " + _("{count} 项核对，{failing} 项有发现").format(count=len(found), failing=failing))
        st.caption(_("错误不发布，提醒要改正，需核实的也可能是真的；点一行看明细"))
        data_table.draw(
            rows,
            {"title": _("核对"), "mark": _("结果"), "rows": Column(_("行数"), decimals=0)},
            f"checks_{scope.area_code}",
            _("核对"),
            height=560,
            choose=choose,
            chosen=chosen,
        )
    return found[chosen]


def _rows(scope: Scope, one: CheckResult) -> None:
    """The rows a check finds, what to do about them, and its SQL."""
    rows = checks.check_rows(scope.version, one.name, scope.area_code)
    names = {code: full_name(area.name) for code, area in areas(scope.version).items() if code is not None}

    def outside() -> pl.DataFrame:
        return checks.check_rows(scope.version.with_rounding, one.name, scope.area_code)

    is_of_people = disclosure.has_rows_of_people(_file(one.name))

    with st.container(border=True, gap="xsmall", height="stretch", key="panel_check_rows"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"## {texts.of(one.title)}", width="stretch")
            exports.download_buttons(
                rows, f"{one.name}_{scope.area_code or 'all'}", "check_rows", None if is_of_people else outside
            )
        if rows.is_empty():
            st.success(_("没有发现。"))
        else:
            st.caption(_("怎么办：{fix}").format(fix=texts.of(one.fix)))
            shown = _in_words(rows.head(_MAX_SHOWN)).with_columns(
                pl.col(checks.AREA_COLUMN)
                .replace_strict(names, default=None, return_dtype=pl.String)
                .alias(checks.AREA_COLUMN)
            )
            data_table.draw(
                shown, _columns(rows), f"check_rows_{one.name}_{scope.area_code}", texts.of(one.title), height=420
            )
        st.caption(f"sql/checks/{one.name}.sql")
        # As plain text: the highlighter alone is 1.7 MB to load.
        st.text(_file(one.name).text)


def _file(name: str) -> SqlFile:
    """Reads the file of a check as it is now. Raises SqlFileError where it cannot be read."""
    file = catalog.current_files()[f"checks/{name}.sql"]
    if isinstance(file, SqlFileError):
        raise file
    return file


def _in_words(rows: pl.DataFrame) -> pl.DataFrame:
    """Values that have a word as readers say them; numbers, names and codes as they are."""
    own = {
        "duty": {"leader": _("网格长"), "member": _("网格员")},
        "table_name": {name: texts.table(name) for name in texts.TABLES},
    }
    words = own | {
        name: {value: texts.of(text) for value, text in known.items()} for name, known in values.WORDS.items()
    }
    return rows.with_columns(
        pl.col(name).replace(words[name]) for name in rows.columns if name in words and rows[name].dtype == pl.String
    )


def _columns(rows: pl.DataFrame) -> Columns:
    """What the columns are called, the area first."""
    names = _names()
    called = {name: names.get(name) or values.name(name) for name in rows.columns if name != checks.AREA_COLUMN}
    return {checks.AREA_COLUMN: _("区域"), **called}


def _names() -> dict[str, str]:
    """What checks count and point at; kinds and the like are called as everywhere."""
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
