"""Whether the numbers can be trusted: who reported in time, what was sent back, and what is to be verified."""

from __future__ import annotations

import polars as pl

from pages.ui.i18n import texts
from pages.ui.i18n.names import area_name, spoken_name, whole_name
from pages.ui.i18n.texts import _
from sql import query
from sql.quality import checks
from sql.semantic.scope import Scope


def headline(scope: Scope) -> str:
    """How many tables came in time, what is late or was not read, how many rows were sent back, what is to be
    verified."""
    rows = query("report_status", scope.with_filters(), area=scope.area_code).filter(pl.col("status") != "never")
    if rows.is_empty():
        return _("{who}还没有任何地区报送。").format(who=whole_name(scope))
    parts = [_("{who}{told}").format(who=_who(scope, rows), told=_in_time(rows)), _sent_back(rows)]
    if verify := sum(
        one.severity == "verify" and one.failing_rows > 0 for one in checks.results(scope.version, scope.area_code)
    ):
        parts.append(_("需核实 {count} 项").format(count=verify))
    return _("；").join(parts) + _("。")


def _who(scope: Scope, rows: pl.DataFrame) -> str:
    """4 个地区; the district's own name, and who reports for an area below it."""
    names = rows["district_name"].unique(maintain_order=True).to_list()
    if len(names) > 1:
        districts = _("{count} 个地区").format(count=len(names))
        return (
            districts
            if scope.area_code is None
            else _("{who}的 {districts}").format(who=area_name(scope.area), districts=districts)
        )
    if names[0] == scope.area.name:
        return area_name(scope.area)
    return _("{who}（由{district}报送）").format(who=whole_name(scope), district=spoken_name(names[0]))


def _in_time(rows: pl.DataFrame) -> str:
    """报过的 62 张表中 60 张按期，1 张逾期，1 张没读入。"""
    states = rows["status"].to_list()
    in_time, overdue = states.count("on_time"), states.count("overdue")
    unread = len(states) - in_time - overdue
    if in_time == len(states):
        return _("报过的 {count} 张表:green[全部按期]").format(count=len(states))
    late = [
        text.format(count=count)
        for text, count in ((_("{count} 张逾期"), overdue), (_("{count} 张没读入"), unread))
        if count
    ]
    return _("报过的 {all} 张表中 {in_time} 张按期，:orange[{late}]").format(
        all=len(states), in_time=in_time, late=texts.join_words(late)
    )


def _sent_back(rows: pl.DataFrame) -> str:
    """退回 588 行，最多的是庆阳市工单 255 行."""
    count = int(rows["rows_rejected"].sum())
    if not count:
        return _("没有退回的行")
    most = rows.sort("rows_rejected", descending=True, nulls_last=True).row(0, named=True)
    is_one = rows["district"].n_unique() == 1
    told = (
        _("退回 {count} 行，最多的是{table} {most} 行")
        if is_one
        else _("退回 {count} 行，最多的是{who}的{table} {most} 行")
    )
    return told.format(
        count=texts.number(count),
        who=spoken_name(most["district_name"]),
        table=texts.table(most["table_name"]),
        most=texts.number(most["rows_rejected"]),
    )
