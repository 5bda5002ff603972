"""Draws the numbers at the top of the quality page."""

from __future__ import annotations

import polars as pl

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit import html_widgets
from pages.ui.kit.html_widgets import KeyFigure
from pages.ui.kit.panels import explanations
from pages.ui.quality import checks as quality_checks
from pages.ui.quality import reporting
from sql.quality import checks
from sql.semantic.scope import Scope


def cards(scope: Scope) -> None:
    """Draws four numbers: tables reported, tables overdue or not read, rows rejected, and findings of the checks."""
    status, files = reporting.status(scope), reporting.received_files(scope)
    reported = status.filter(pl.col("status") != "never")
    to_chase = reported.filter(pl.col("status") != "reported")
    read_count, rejected_count, duplicate_count = (
        int(files[name].sum()) for name in ("rows_read", "rows_rejected", "rows_duplicate")
    )
    findings = [result for result in checks.results(scope.version, scope.area_code) if result.failing_rows]
    by_state = texts.join_words(
        [
            f"{reporting.state_label(state)} {count}"
            for state, count in to_chase.group_by("status").len().sort("status").iter_rows()
        ]
    )
    by_severity = texts.join_words(
        [
            f"{quality_checks.severity(name)} {count}"
            for name in checks.SEVERITIES
            if (count := sum(result.severity == name for result in findings))
        ]
    )
    query_scope, area = scope.with_filters(), scope.area_code
    html_widgets.cards(
        [
            KeyFigure(
                "reported",
                _("报过的表"),
                f"{reported.height} / {status.height}",
                explanations.query_file("report_status", query_scope, status, "card_reported", area=area),
                reference=_("{count} 张从未报送").format(count=status.height - reported.height),
            ),
            KeyFigure(
                "late",
                _("逾期或没读入"),
                texts.number(to_chase.height),
                explanations.query_file("report_status", query_scope, to_chase, "card_late", area=area),
                reference=by_state or _("没有要催的"),
            ),
            KeyFigure(
                "rejected",
                _("退回的行"),
                texts.number(rejected_count),
                explanations.query_file("files_received", query_scope, files, "card_rejected", area=area),
                reference=_("共读取 {read} 行，重复 {twice} 行").format(
                    read=texts.number(read_count), twice=texts.number(duplicate_count)
                ),
            ),
            KeyFigure(
                "checks",
                _("核对发现的问题"),
                _("{count} 项").format(count=len(findings)),
                quality_checks.explanation(scope),
                reference=by_severity or _("全部通过"),
            ),
        ]
    )
