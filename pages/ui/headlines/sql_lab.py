"""Builds the headline of the SQL lab: what can be queried, or the outcome of the last statement."""

from __future__ import annotations

from pages.ui.i18n.names import area_name
from pages.ui.i18n.texts import _
from sql.errors import LinliError
from sql.semantic.scope import Scope, areas
from sql.sql_lab import Answer


def headline(scope: Scope, result: Answer | LinliError | None) -> str:
    """Returns the data that a SELECT can query; after one was run, the number of rows, or that it did not run."""
    user_area = scope.version.area
    subject = _("全部地区") if user_area is None else area_name(areas(scope.version)[user_area])
    if result is None:
        return _("自由查询：写一条 SELECT，查{who}的数据。").format(who=subject)
    if isinstance(result, LinliError):
        return _("这条查询:orange[没有运行]，原因在下面。")
    rows = result.rows.height
    if result.is_truncated:
        return _("在{who}的数据里查到 :orange[超过 {rows} 行]，只取前面的。").format(who=subject, rows=f"{rows:,}")
    return _("在{who}的数据里查到 {rows} 行。").format(who=subject, rows=f"{rows:,}")
