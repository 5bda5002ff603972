"""Names types of Streamlit's elements that have no public name."""

from __future__ import annotations

from streamlit.elements.lib import mutable_popover_container

# Streamlit: what `st.popover` returns. It knows whether it is open.
PopoverContainer = mutable_popover_container.PopoverContainer
