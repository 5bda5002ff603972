"""Says how a table's columns are given, by name: a header, a configuration, or None for one that is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from streamlit.elements.lib.column_types import ColumnConfig

Columns: TypeAlias = "Mapping[str, ColumnConfig | str | None]"
