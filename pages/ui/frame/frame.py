"""Draws the frame: navigation, breadcrumb, period, language, current problems, and the sources of the numbers."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Protocol

import streamlit as st

from pages.internals.element_types import PopoverContainer
from pages.server.startup import safety
from pages.ui.frame import live_reload, print_header, search
from pages.ui.i18n import data_date, texts
from pages.ui.i18n.names import area_name, full_name, heading_name
from pages.ui.i18n.texts import _
from pages.ui.kit import compare, html_widgets
from pages.ui.kit.panels import captured_panels
from pages.ui.shell import audit_trail, current_user, filters, gate, login, page_list, page_scope, selection, watermark
from pages.ui.theme import theme
from sql import query, warehouse
from sql.errors import LinliError, WarehouseError
from sql.security.access import User
from sql.semantic import annotations as sql_annotations
from sql.semantic.catalog import catalog
from sql.semantic.periods import Period, add_months
from sql.semantic.scope import Area, Scope

STYLE = Path(__file__).parent / "style.css"
# Above this number the child areas are in a searchable list.
_MAX_LINKS = 24


class BriefingMenu(Protocol):
    """Describes the header menu that exports the page. The frame is given it, as briefings are built on top of the
    frame."""

    def popover(self) -> PopoverContainer:
        """Draws the closed menu."""
        ...

    def fill(self, opened: PopoverContainer, scope: Scope, title: str) -> None:
        """Fills the menu once the page has been drawn."""
        ...


def run(menu: BriefingMenu) -> None:
    """Draws the frame and the page inside it."""
    texts.read_language()
    page_declarations = page_list.pages()
    pages = {
        page.name: st.Page(page.path, title=page.title, default=page is page_declarations[0])
        for page in page_declarations
    }
    page = st.navigation(list(pages.values()), position="hidden")
    st.html(STYLE)
    try:
        safety.require_app()
        user = login.admit()
        gate.set_person(user)
        if user is None:
            return
        filters.reset()
        stem = next(stem for stem, candidate in pages.items() if candidate is page)
        html_widgets.begin_page(page.url_path)
        audit_trail.set_page(stem)
        watermark.draw()
        captured_panels.reset()
        if theme.is_screen() or "control" in st.query_params:
            # A meeting screen and the phone that controls it show only the page.
            page.run()
            return
        scope = page_scope.current()
        if page_scope.is_unknown_area():
            audit_trail.record_refusal("area")
        _sidebar(scope, pages, page, user)
        briefing = _header(scope, menu)
        notices = st.container()
        with notices:
            # Recorded before the page is drawn: a user who closes it halfway has seen what was there.
            audit_trail.record_view(scope, *(other.scope for other in compare.comparisons(scope)))
        try:
            page.run()
        finally:
            # A page that stops early still shows its sources.
            _footer(scope)
            menu.fill(briefing, scope, page.title)
            print_header.sheets(scope, page.title)
            live_reload.listen("data")
            html_widgets.open_requested()
    except LinliError as error:
        # Errors of the warehouse name folders and commands of the server.
        if isinstance(error, WarehouseError) and not current_user.is_administrator():
            st.error(_("现在没有可用的数据。请告诉管理员。"))
        else:
            st.error(texts.escape_markdown(texts.of(error)))
        return
    with notices:
        _notices(scope)


def _sidebar(scope: Scope, pages: dict[str, st.Page], current: st.Page, user: User) -> None:
    with st.sidebar:
        st.markdown("### " + _("邻里看板"))
        search.box(scope, pages, current)
        for section, members in groupby(page_list.pages(), key=attrgetter("section")):
            st.caption(section)
            for page in members:
                if page.permission is None or user.has_permission(page.permission):
                    st.page_link(pages[page.name], label=page.title, query_params=page_scope.params())
        login.draw_logout(user)


def _header(scope: Scope, menu: BriefingMenu) -> PopoverContainer:
    """Draws where the user is and what they can choose. Returns the briefing menu, to be filled once the page is
    drawn."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="header"):
        _breadcrumb(scope)
        if scope.version.is_demo:
            # The header is one line; the footer has the sentence too.
            st.badge(
                _("演示数据"), color="orange", help=_("演示数据：人员、网格和区县以下边界为虚构，区县边界仅作示意")
            )
        st.badge(data_date.line(scope.version), color="orange" if data_date.is_old(scope.version) else "gray")
        st.space("stretch")
        compare.control(scope)
        briefing = menu.popover()
        _period(scope)
        other, label = ("en", "English") if texts.language() == "zh" else (None, "中文")
        st.button(label, type="tertiary", key="language", on_click=page_scope.set_parameter, args=("lang", other))
    return briefing


def _breadcrumb(scope: Scope) -> None:
    for index, step in enumerate(scope.path):
        if index:
            st.markdown("›")
        if step.code == scope.area_code:
            st.markdown(f"**{texts.escape_markdown(heading_name(step))}**")
        else:
            _area_button(step)
    children = scope.children()
    if not children:
        return
    names = {area.code: full_name(area.name) for area in children}
    key = f"children_{scope.area_code}"
    if len(children) <= _MAX_LINKS:
        st.menu_button(
            _("下级"),
            list(names),
            key=key,
            type="tertiary",
            format_func=lambda code: texts.escape_markdown(names[code]),
            on_click=page_scope.set_from_widget,
            args=("area", key),
        )
        return
    with st.popover(_("下级"), type="tertiary"):
        st.selectbox(
            _("进入下级"),
            list(names),
            index=None,
            format_func=texts.option_formatter(names),
            key=f"{key}_found",
            on_change=page_scope.set_from_widget,
            args=("area", f"{key}_found"),
        )


def _area_button(area: Area) -> None:
    st.button(
        texts.escape_markdown(area_name(area)),
        type="tertiary",
        key=f"go_to_{area.code}",
        on_click=page_scope.go_to_area,
        args=(area.code,),
    )


def _period(scope: Scope) -> None:
    data_month = scope.version.data_month
    first = scope.version.first_month
    options = [str(Period.parse(str(year), data_month)) for year in range(data_month.year, first.year - 1, -1)]
    options += [str(Period(add_months(data_month, -11), data_month)), str(Period(first, data_month))]
    options += [f"{add_months(data_month, -months_back):%Y-%m}" for months_back in range(24)]
    if str(scope.period) not in options:
        options.insert(0, str(scope.period))
    # The key contains the URL's period: a link that changes it makes a new widget.
    key = f"period_{scope.period}"

    def on_change() -> None:
        # A click elsewhere before the page is complete changes nothing here.
        if selection.value(key) != str(scope.period):
            page_scope.set_from_widget("period", key)

    st.selectbox(
        _("时期"),
        options,
        index=options.index(str(scope.period)),
        key=key,
        label_visibility="collapsed",
        width=168,
        format_func=lambda text: texts.period(Period.parse(text, data_month)),
        on_change=on_change,
    )


def _notices(scope: Scope) -> None:
    for problem in page_scope.url_problems():
        st.warning(problem)
    if notice := warehouse.fallback_notice():
        _warn(_("最新的版本缺失或已损坏，显示的是另一个版本。"), texts.of(notice))
    if failure := warehouse.build_failure():
        _warn(_("最近一次构建失败，显示的仍是之前的数据。"), texts.of(failure))
    for error in catalog.broken_files().values():
        st.warning(
            _("这个文件现在不能用，相关数字按最近可用的定义计算。") + f"\n\n```\n{texts.of(error)}\n```",
            icon=":material/warning:",
        )
    for error in sql_annotations.find_errors(scope.version):
        st.warning(_("这条批注不能用，没有画出。") + f"\n\n```\n{texts.of(error)}\n```", icon=":material/warning:")


def _warn(what_happened: str, details: str) -> None:
    """Draws a warning about the server: to an administrator with its details, which name folders and commands."""
    rest = texts.escape_markdown(details) if current_user.is_administrator() else _("请告诉管理员。")
    st.warning(f"{what_happened}\n\n{rest}", icon=":material/warning:")


def _footer(scope: Scope) -> None:
    version = scope.version
    sources = query("sources", scope, area=scope.area_code)
    names = texts.join_words([texts.table(name) for name in sources["table_name"]])
    checks, data_line = version.checks, data_date.full_line(version)
    parts = [
        _("来源：{names}").format(names=names or "–"),
        f":orange[{data_line}]" if data_date.is_old(version) else data_line,
        *data_date.remarks(version),
        _("{passed}/{all} 项检查通过").format(
            passed=checks.filter(checks["failing_rows"] == 0).height, all=checks.height
        ),
        _("版本 {name}").format(name=version.name),
    ]
    if version.is_demo:
        parts.append(_("演示数据：人员、网格和区县以下边界为虚构，区县边界仅作示意"))
    if stale := sources.filter(sources["is_stale"]).height:
        parts.insert(1, _("▼ {count} 张表沿用上次的数据").format(count=stale))
    approvals = scope.map_approvals()
    if approvals:
        parts.append(_("审图号 {numbers}").format(numbers=texts.escape_markdown(texts.join_words(approvals))))
    st.caption(" · ".join(parts))
