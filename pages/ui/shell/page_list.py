"""Lists the pages: their scripts and addresses, sections, titles and questions, and who is offered them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pages.ui.i18n.texts import _
from sql.security.access import Permission

FOLDER = Path(__file__).parents[2]


@dataclass(frozen=True)
class Page:
    """Describes one page: `name` is the stem of its script in pages/ and its address, `question` what it answers.

    `permission` is what a user needs to be offered it. `is_report` is false where it shows no numbers of an area by
    itself: a tool, which people work with.
    """

    name: str
    section: str
    title: str
    question: str
    permission: Permission | None = None
    is_report: bool = True

    @property
    def path(self) -> Path:
        """Returns the script."""
        return FOLDER / f"{self.name}.py"


def pages() -> tuple[Page, ...]:
    """Returns the pages in the order shown, texts in the user's language. The first is the one at `/`."""
    overview, workforce, partners = _("总览"), _("队伍"), _("合伙人")
    governance, tools = _("治理"), _("工具")
    return (
        Page("overview", overview, _("总览"), _("达标了吗，变好还是变差，哪里最差？")),
        Page("coverage", overview, _("网格地图"), _("哪里有网格、有人管，哪里没有？")),
        Page("staffing", workforce, _("配备达标"), _("社区工作者够不够，谁缺人？")),
        Page("workforce", workforce, _("人员结构"), _("他们是些什么人？")),
        Page("training", workforce, _("教育培训"), _("是不是人人都培训了，有没有用？")),
        Page("assessment", workforce, _("考核激励"), _("考核和激励是否公平，是否兑现？")),
        Page("partners", partners, _("合伙人"), _("合伙人是谁，出了什么力？")),
        Page("requests", partners, _("诉求办理"), _("居民有诉求，谁来办、多快办？")),
        Page("alliances", partners, _("商铺与物业"), _("商铺和物业企业尽责了吗？")),
        Page("organisation", governance, _("组织体系"), _("组织覆盖到每栋楼了吗？")),
        Page("activities", governance, _("服务活动"), _("在做什么，有没有变化？")),
        Page("points", governance, _("积分"), _("居民参与了吗？")),
        Page("meeting", tools, _("会议"), _("开会看什么，定了什么？"), is_report=False),
        Page("quality", tools, _("数据质量"), _("这些数能信吗：谁报了、退回了什么、哪些要核实？")),
        Page("definitions", tools, _("指标口径"), _("一个数是什么意思，在哪里显示，与本地公布的是否一致？")),
        Page("sql_lab", tools, _("自由查询"), _("页面上没有的，怎么查？"), permission="ask_sql", is_report=False),
    )


def titles() -> dict[str, str]:
    """Returns the pages' titles by name."""
    return {page.name: page.title for page in pages()}
