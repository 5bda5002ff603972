"""Lists the themes of metrics: the folders of sql/metrics, with their titles."""

from __future__ import annotations

from pages.ui.i18n.texts import _
from sql.files.sql_file import SqlFile


def titles() -> dict[str, str]:
    """Returns the themes' titles by folder, in page order."""
    return {
        "staffing": _("配备"),
        "workforce": _("队伍结构"),
        "training": _("培训"),
        "assessment": _("考核激励"),
        "grid": _("网格"),
        "partners": _("合伙人"),
        "requests": _("诉求"),
        "alliances": _("联盟与物业"),
        "organisation": _("组织覆盖"),
        "activities": _("服务活动"),
        "points": _("积分"),
    }


def theme_of(metric_file: SqlFile) -> str:
    """Returns the theme of a metric: the folder of its file."""
    return metric_file.path.split("/")[1]


def title_of(metric_file: SqlFile) -> str:
    """Returns the title of a metric's theme; the folder's name where it is a folder of the user's own."""
    theme = theme_of(metric_file)
    return titles().get(theme, theme)
