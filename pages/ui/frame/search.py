"""Draws the search in the sidebar: any area, partner or metric by its name or pinyin, each with a link to its page."""

from __future__ import annotations

import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit import metric_pages
from pages.ui.shell import page_scope
from sql.semantic.scope import Scope
from sql.semantic.search import Hit, search

_ICONS = {"area": ":material/location_on:", "partner": ":material/handshake:", "metric": ":material/monitoring:"}


def box(scope: Scope, pages: dict[str, st.Page], current: st.Page) -> None:
    """Draws a field that searches while the user types, and the results below it."""
    # Following a link makes a new, empty field.
    url_state = "_".join(f"{name}={value}" for name, value in sorted(st.query_params.items()))
    search_text = st.text_input(
        _("搜索"),
        key=f"search_{current.title}_{url_state}",
        type="search",
        live=True,
        max_chars=40,
        placeholder=_("名称或拼音"),
        help=_("区域、合伙人、指标的名称、拼音或拼音首字母，如 xfq"),
        label_visibility="collapsed",
    )
    if not search_text:
        return
    hits = search(scope.version, search_text)
    if not hits:
        st.caption(_("没有找到“{text}”").format(text=texts.escape_markdown(search_text)))
    for hit in hits:
        page, params = _target(hit, pages, current)
        detail = f" :small[:gray[{texts.escape_markdown(hit.detail)}]]" if hit.detail else ""
        label = texts.escape_markdown(texts.of(hit.name)) + detail
        if page is current:
            # A link to the open page would not change its URL.
            st.button(
                label,
                type="tertiary",
                icon=_ICONS[hit.kind],
                key=f"found_{hit.kind}_{hit.key}",
                on_click=st.query_params.update,
                args=(params,),
            )
        else:
            st.page_link(page, label=label, icon=_ICONS[hit.kind], query_params=params)


def _target(hit: Hit, pages: dict[str, st.Page], current: st.Page) -> tuple[st.Page, dict[str, str]]:
    """Returns the page to open and its parameters: an area on the open page, a partner's profile, or the first page
    that shows a metric."""
    if hit.kind == "area":
        return current, page_scope.params(area=hit.key)
    if hit.kind == "partner":
        return pages["partners"], page_scope.params(area=hit.area_code) | {"partner_id": hit.key}
    locations = [location for location in metric_pages.locations().get(hit.key, []) if location.page in pages]
    if not locations:
        return pages["coverage"], page_scope.params(metric=hit.key)
    return pages[locations[0].page], page_scope.params() | ({"view": locations[0].view} if locations[0].view else {})
