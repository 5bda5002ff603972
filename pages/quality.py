"""Can these numbers be trusted?"""

from pages.ui.definitions import definitions
from pages.ui.headlines import quality as finding
from pages.ui.i18n.texts import _
from pages.ui.kit import panels
from pages.ui.quality import checks, rejects, reporting
from pages.ui.shell import scope, views

at = scope.current()

panels.sentence(finding.sentence(at))
reporting.cards(at)


def reports() -> None:
    reporting.to_chase(at)
    reporting.matrix(at)


def files() -> None:
    reporting.files(at)


def rejected() -> None:
    rejects.downloads(at)
    rejects.reasons(at)
    rejects.listing(at)


def checked() -> None:
    checks.panel(at)


def published() -> None:
    definitions.published(at)


def version() -> None:
    reporting.served(at)


views.show(
    (_("报送"), reports),
    (_("文件清单"), files),
    (_("退回的行"), rejected),
    (_("核对"), checked),
    (_("公布的数字"), published),
    (_("版本"), version),
)
