"""What a form was answered stays below it, however often its page is drawn anew, until it is sent once more."""

from __future__ import annotations

from typing import Literal

import streamlit as st

MessageKind = Literal["error", "success"]


def set_message(form: str, typed: object, kind: MessageKind, text: str) -> None:
    """Keeps what is said to what was typed into the form of that key; the text is markdown."""
    st.session_state[f"{form}_answer"] = (typed, kind, text)


def draw(form: str, typed: object) -> None:
    """Draws what was said to it; nothing where something else is typed there now, or nothing any more."""
    to, kind, text = st.session_state.get(f"{form}_answer", (None, "", ""))
    if to != typed:
        return
    if kind == "error":
        st.error(text)
    elif kind == "success":
        st.success(text)
