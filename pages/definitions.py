"""What does a number mean?"""

from pages.ui import definitions, panels, scope, views
from pages.ui.findings import definitions as finding
from pages.ui.texts import _

at = scope.current()

panels.sentence(finding.sentence(at))


def metrics() -> None:
    definitions.catalogue(at)


def published() -> None:
    definitions.published(at)


views.show((_("全部指标"), metrics), (_("公布的数字"), published))
