"""Keeps a form's message below it across page runs, until the form is submitted again."""

from __future__ import annotations

from typing import Literal

import streamlit as st

MessageKind = Literal["error", "success"]


def set_message(form: str, form_input: object, kind: MessageKind, text: str) -> None:
    """Stores the message for the input `form_input` of the form with that key. The text is markdown."""
    st.session_state[f"{form}_answer"] = (form_input, kind, text)


def draw(form: str, form_input: object) -> None:
    """Draws the form's message; nothing where there is none or the input has changed since."""
    message_input, kind, text = st.session_state.get(f"{form}_answer", (None, "", ""))
    if message_input != form_input:
        return
    if kind == "error":
        st.error(text)
    elif kind == "success":
        st.success(text)
