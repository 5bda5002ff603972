"""Lists the pages: their scripts and addresses, sections and titles, and who is offered them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pages.ui.i18n.texts import _
from sql.security.access import Permission

FOLDER = Path(__file__).parents[2]


@dataclass(frozen=True)
class Page:
    """Describes one page: `name` is the stem of its script in pages/ and its address.

    `permission` is what a user needs to be offered it. `is_report` is false where it shows no numbers of an area by
    itself: a tool, which people work with.
    """

    name: str
    section: str
    title: str
    permission: Permission | None = None
    is_report: bool = True

    @property
    def path(self) -> Path:
        """Returns the script."""
        return FOLDER / f"{self.name}.py"


def pages() -> tuple[Page, ...]:
    """Returns the pages in the order shown, titles in the user's language. The first is the one at `/`."""
    overview, workforce, partners = _("总览"), _("队伍"), _("合伙人")
    governance, tools = _("治理"), _("工具")
    return (
        Page("overview", overview, _("总览")),
        Page("coverage", overview, _("网格地图")),
        Page("staffing", workforce, _("配备达标")),
        Page("workforce", workforce, _("人员结构")),
        Page("training", workforce, _("教育培训")),
        Page("assessment", workforce, _("考核激励")),
        Page("partners", partners, _("合伙人")),
        Page("requests", partners, _("诉求办理")),
        Page("alliances", partners, _("商铺与物业")),
        Page("organisation", governance, _("组织体系")),
        Page("activities", governance, _("服务活动")),
        Page("points", governance, _("积分")),
        Page("meeting", tools, _("会议"), is_report=False),
        Page("quality", tools, _("数据质量")),
        Page("definitions", tools, _("指标口径")),
        Page("sql_lab", tools, _("自由查询"), permission="ask_sql", is_report=False),
    )


def titles() -> dict[str, str]:
    """Returns the pages' titles by name."""
    return {page.name: page.title for page in pages()}
