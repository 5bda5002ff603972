"""Builds the headline of the quality page: tables overdue or not read, rows rejected, and items to verify."""

from __future__ import annotations

import polars as pl

from pages.ui.i18n import texts
from pages.ui.i18n.names import area_name, spoken_name, whole_name
from pages.ui.i18n.texts import _
from sql import query
from sql.quality import checks
from sql.semantic.scope import Scope


def headline(scope: Scope) -> str:
    """Returns how many tables are overdue or unread, how many rows were rejected, and what is to be verified."""
    rows = query("report_status", scope.with_filters(), area=scope.area_code).filter(pl.col("status") != "never")
    if rows.is_empty():
        return _("{who}还没有任何地区报送。").format(who=whole_name(scope))
    parts = [_("{who}{schedule}").format(who=_reporters(scope, rows), schedule=_overdue(rows)), _rejected(rows)]
    if verify := sum(
        check.severity == "verify" and check.failing_rows > 0
        for check in checks.results(scope.version, scope.area_code)
    ):
        parts.append(_("需核实 {count} 项").format(count=verify))
    return _("；").join(parts) + _("。")


def _reporters(scope: Scope, rows: pl.DataFrame) -> str:
    """Returns the districts, such as 4 个地区; the district's own name; or who reports for an area inside it."""
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


def _overdue(rows: pl.DataFrame) -> str:
    """Returns the tables to chase: 报过的 62 张表中 1 张逾期、1 张没读入. Nothing says that the others are on time: a
    table sent on change has no time."""
    states = rows["status"].to_list()
    overdue = states.count("overdue")
    unread = len(states) - states.count("reported") - overdue
    if not overdue and not unread:
        return _("报过的 {count} 张表:green[没有逾期]").format(count=len(states))
    to_chase = [
        text.format(count=count)
        for text, count in ((_("{count} 张逾期"), overdue), (_("{count} 张没读入"), unread))
        if count
    ]
    return _("报过的 {all} 张表中 :orange[{late}]").format(all=len(states), late=texts.join_words(to_chase))


def _rejected(rows: pl.DataFrame) -> str:
    """Returns the number of rejected rows and the table with most: 退回 588 行，最多的是庆阳市工单 255 行."""
    count = int(rows["rows_rejected"].sum())
    if not count:
        return _("没有退回的行")
    largest = rows.sort("rows_rejected", descending=True, nulls_last=True).row(0, named=True)
    is_one = rows["district"].n_unique() == 1
    template = (
        _("退回 {count} 行，最多的是{table} {most} 行")
        if is_one
        else _("退回 {count} 行，最多的是{who}的{table} {most} 行")
    )
    return template.format(
        count=texts.number(count),
        who=spoken_name(largest["district_name"]),
        table=texts.table(largest["table_name"]),
        most=texts.number(largest["rows_rejected"]),
    )
