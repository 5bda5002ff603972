"""What every visit goes through first: the frame, and in it one page."""

import sys
from pathlib import Path

# Streamlit runs this file by its path, so the project's folder has to be made importable.
if (project := str(Path(__file__).parent.parent)) not in sys.path:
    sys.path.insert(0, project)

import streamlit as st

from pages.briefing import menu
from pages.ui.frame import frame
from pages.ui.shell import gate

st.set_page_config(page_title="邻里看板", page_icon="🏘️", layout="wide", initial_sidebar_state=190)
gate.install()
frame.run(menu)
