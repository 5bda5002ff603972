"""What can be asked, or what came of the last statement."""

from __future__ import annotations

from pages.ui.i18n.names import area_name
from pages.ui.i18n.texts import _
from sql.errors import LinliError
from sql.semantic.scope import Scope, areas
from sql.sql_lab import Answer


def headline(scope: Scope, result: Answer | LinliError | None) -> str:
    """Of what a SELECT is answered; after one was run, how many rows it gave, or that it gave none."""
    whole = scope.version.area
    who = _("全部地区") if whole is None else area_name(areas(scope.version)[whole])
    if result is None:
        return _("自由查询：写一条 SELECT，查{who}的数据。").format(who=who)
    if isinstance(result, LinliError):
        return _("这条查询:orange[没有运行]，原因在下面。")
    rows = result.rows.height
    if result.is_truncated:
        return _("在{who}的数据里查到 :orange[超过 {rows} 行]，只取前面的。").format(who=who, rows=f"{rows:,}")
    return _("在{who}的数据里查到 {rows} 行。").format(who=who, rows=f"{rows:,}")
