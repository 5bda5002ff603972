"""What does a number mean?"""
import streamlit as st

from pages.ui import definitions, scope, views
from pages.ui.findings import definitions as finding
from pages.ui.texts import _

at = scope.current()

st.title(finding.sentence(at), anchor=False)


def metrics() -> None:
    definitions.catalogue(at)


def published() -> None:
    definitions.published(at)


views.show((_("全部指标"), metrics), (_("公布的数字"), published))
