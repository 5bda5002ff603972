"""The contracts: what each source table holds, one module a family, one class a table.

Adding a table is adding one decorated class to a family's module; reading, checking, reporting and the order
of loading follow from it.
"""

import functools
from graphlib import TopologicalSorter

# Importing a family declares its tables; the order is that of the data dictionary.
from etl.contracts import grid, roster, training, activity, partner, standards  # noqa: F401  # isort: skip
from etl.contracts.columns import Reason, Reference, SourceSchema, Table, all_tables


@functools.cache
def load_order() -> tuple[Table, ...]:
    """Every table after the tables it refers to."""
    tables = all_tables()
    needs = {
        name: {
            reference.table
            for references in table.columns_with("references").values()
            for reference in references
            if reference.table != name
        }
        for name, table in tables.items()
    }
    return tuple(tables[name] for name in TopologicalSorter(needs).static_order())


__all__ = ["Reason", "Reference", "SourceSchema", "Table", "all_tables", "load_order"]
