"""What does a number mean?"""

from pages.ui.definitions import definitions
from pages.ui.headlines import definitions as finding
from pages.ui.i18n.texts import _
from pages.ui.kit import panels
from pages.ui.shell import scope, views

at = scope.current()

panels.sentence(finding.sentence(at))


def metrics() -> None:
    definitions.catalogue(at)


def published() -> None:
    definitions.published(at)


views.show((_("全部指标"), metrics), (_("公布的数字"), published))
