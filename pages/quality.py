"""Can these numbers be trusted?"""

from pages.ui import definitions, panels, quality, quality_checks, quality_rejects, scope, views
from pages.ui.findings import quality as finding
from pages.ui.texts import _

at = scope.current()

panels.sentence(finding.sentence(at))
quality.cards(at)


def reports() -> None:
    quality.to_chase(at)
    quality.matrix(at)


def files() -> None:
    quality.files(at)


def rejected() -> None:
    quality_rejects.downloads(at)
    quality_rejects.reasons(at)
    quality_rejects.listing(at)


def checked() -> None:
    quality_checks.panel(at)


def published() -> None:
    definitions.published(at)


def version() -> None:
    quality.served(at)


views.show(
    (_("报送"), reports),
    (_("文件清单"), files),
    (_("退回的行"), rejected),
    (_("核对"), checked),
    (_("公布的数字"), published),
    (_("版本"), version),
)
