"""Draws the quality page: can these numbers be trusted?"""

from pages.ui.definitions import definitions
from pages.ui.headlines import quality as headlines
from pages.ui.i18n.texts import _
from pages.ui.kit import panels
from pages.ui.quality import checks, rejects, reporting
from pages.ui.shell import page_scope, views

scope = page_scope.current()

panels.draw_headline(headlines.headline(scope))
reporting.cards(scope)


def reports() -> None:
    reporting.overdue_tables(scope)
    reporting.matrix(scope)


def files() -> None:
    reporting.files(scope)


def rejected() -> None:
    rejects.downloads(scope)
    rejects.reasons(scope)
    rejects.listing(scope)


def checked() -> None:
    checks.panel(scope)


def published() -> None:
    definitions.published_table(scope)


def version() -> None:
    reporting.version_served(scope)


views.show(
    (_("报送"), reports),
    (_("文件清单"), files),
    (_("退回的行"), rejected),
    (_("核对"), checked),
    (_("公布的数字"), published),
    (_("版本"), version),
)
