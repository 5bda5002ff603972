"""Draws the quality page: can these numbers be trusted?"""

from pages.ui.definitions import published_figures
from pages.ui.headlines import quality as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit.panels import panels
from pages.ui.quality import checks, rejects, reporting, summary
from pages.ui.shell import page_scope, view_choice

scope = page_scope.current()

panels.draw_headline(headlines.headline(scope))
summary.cards(scope)

view_choice.draw(
    scope,
    (_("报送"), reporting.reports),
    (_("文件清单"), reporting.files),
    (_("退回的行"), rejects.rejected),
    (_("核对"), checks.checked),
    (_("公布的数字"), published_figures.published),
    (_("版本"), reporting.version),
)
