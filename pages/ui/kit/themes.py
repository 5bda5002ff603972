"""Names the themes of metrics: the folders of sql/metrics, in the order in which pages list them."""

from __future__ import annotations

from pages.ui.i18n.texts import _
from sql.files.sql_file import SqlFile


def themes() -> dict[str, str]:
    """Returns the themes by folder, in the user's language and in page order."""
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


def folder(file: SqlFile) -> str:
    """Returns the folder of a metric's file: metrics/training/training_coverage.sql is in `training`."""
    return file.path.split("/")[1]


def theme(file: SqlFile) -> str:
    """Returns the theme of a metric's file in words; the folder's name where it has none yet."""
    return themes().get(folder(file), folder(file))
