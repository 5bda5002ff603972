"""Runs on every visit: sets up the page and draws the frame with one page in it."""

import sys
from pathlib import Path

# Streamlit runs this file by its path, so the project folder must be put on the import path.
if (project := str(Path(__file__).parent.parent)) not in sys.path:
    sys.path.insert(0, project)

import streamlit as st

from pages.briefing import menu
from pages.ui.frame import frame
from pages.ui.shell import gate

st.set_page_config(page_title="邻里看板", page_icon="🏘️", layout="wide", initial_sidebar_state=190)
gate.install()
frame.run(menu)
