"""Declares the contracts of the source tables, with one module per family and one class per table.

To add a table, name it in sql/source_tables.py and add a decorated class to a family's module; reading, validation,
reports and the loading order follow from it.
"""

import functools
from graphlib import TopologicalSorter

# Importing a family declares its tables; the data dictionary lists them in this order.
from etl.contracts import grid, roster, training, activity, partner, standards  # noqa: F401  # isort: skip
from etl.contracts.columns import Reason, Reference, SourceSchema, Table, all_tables


@functools.cache
def load_order() -> tuple[Table, ...]:
    """Returns every table after the tables it refers to."""
    tables = all_tables()
    dependencies = {
        name: {
            reference.table
            for references in table.columns_with("references").values()
            for reference in references
            if reference.table != name
        }
        for name, table in tables.items()
    }
    return tuple(tables[name] for name in TopologicalSorter(dependencies).static_order())


def column_titles() -> dict[str, str]:
    """Returns the Chinese header of every column by its name, without the columns that tables head differently."""
    headers: dict[str, set[str]] = {}
    for source_table in all_tables().values():
        for column in source_table.columns:
            headers.setdefault(column, set()).add(source_table.header(column))
    return {column: names.pop() for column, names in headers.items() if len(names) == 1}


__all__ = ["Reason", "Reference", "SourceSchema", "Table", "all_tables", "column_titles", "load_order"]
