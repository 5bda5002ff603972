"""The search in the sidebar: any area, partner or metric by its name or its pinyin, each a link to where it is."""

from __future__ import annotations

import streamlit as st

from pages.ui.i18n import texts
from pages.ui.i18n.names import full_name, spoken_name
from pages.ui.i18n.texts import _
from pages.ui.kit import metric_pages
from pages.ui.shell import page_scope
from sql.semantic.scope import Scope
from sql.semantic.search import Hit, search

_ICONS = {"area": ":material/location_on:", "partner": ":material/handshake:", "metric": ":material/monitoring:"}


def box(scope: Scope, pages: dict[str, st.Page], current: st.Page) -> None:
    """A field that answers while one types, and under it what was found."""
    # A link followed makes a new, empty field.
    place = "_".join(f"{name}={value}" for name, value in sorted(st.query_params.items()))
    typed = st.text_input(
        _("搜索"),
        key=f"search_{current.title}_{place}",
        type="search",
        live=True,
        max_chars=40,
        placeholder=_("名称或拼音"),
        help=_("区域、合伙人、指标的名称、拼音或拼音首字母，如 xfq"),
        label_visibility="collapsed",
    )
    if not typed:
        return
    hits = search(scope.version, typed)
    if not hits:
        st.caption(_("没有找到“{text}”").format(text=texts.escape_markdown(typed)))
    for hit in hits:
        page, params = _target(hit, pages, current)
        # What stands beside an area or a partner is the area it lies in.
        detail = f" :small[:gray[{texts.escape_markdown(spoken_name(hit.detail))}]]" if hit.detail else ""
        name = full_name(hit.name.zh) if hit.kind == "area" else texts.of(hit.name)
        label = texts.escape_markdown(name) + detail
        if page is current:
            # A link to the page that is open would leave its URL as it is.
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
    """The page to go to and its parameters: an area on the page that is open, a partner's profile, a metric where it
    is shown first."""
    if hit.kind == "area":
        return current, page_scope.params(area=hit.key)
    if hit.kind == "partner":
        return pages["partners"], page_scope.params(area=hit.area_code) | {"partner_id": hit.key}
    places = [place for place in metric_pages.locations().get(hit.key, []) if place.page in pages]
    if not places:
        return pages["coverage"], page_scope.params(metric=hit.key)
    return pages[places[0].page], page_scope.params() | ({"view": places[0].view} if places[0].view else {})
