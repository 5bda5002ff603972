"""Runs `rejects`: lists or exports the rejected rows with their reasons."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from etl.cli.console import console
from etl.cli.failures import EXIT_OK
from sql.errors import InputError
from sql.language import pick
from sql.warehouse import current_version

# At most this many rejects are printed; `rejects --out` writes all of them.
_MAX_REJECTS = 20


def run_rejects(warehouse: Path, out: Path | None) -> int:
    """Lists the rejected rows of the current version, or writes all of them to an XLSX in the layout of their files."""
    version = current_version(warehouse)
    if out is None:
        listed = version.rows("select * from raw.rejects order by district, file, sheet, row_number")
        print_rejects(listed)
        console.print(pick(f"共 {listed.height:,} 条", f"{listed.height:,} rejected rows in all"))
        return EXIT_OK
    if not out.absolute().parent.is_dir():
        raise InputError(f"没有文件夹 {out.parent}；请先建立", f"there is no folder {out.parent}; create it first")
    from sql.quality import rejects

    count = rejects.write(version, out)
    console.print(pick(f"{count:,} 行 → {out}", f"{count:,} rows → {out}"))
    return EXIT_OK


def print_rejects(rejects: pl.DataFrame) -> None:
    """Lists the first rejected rows with their reasons."""
    for row in rejects.head(_MAX_REJECTS).iter_rows(named=True):
        location = f"{row['district'] or ''}/{row['file']}"
        if row["sheet"]:
            location += f" [{row['sheet']}]"
        if row["row_number"] is not None:
            location += pick(f" 第 {row['row_number']} 行", f" row {row['row_number']}")
        console.print(pick(f"{location}：{row['reason_zh']}", f"{location}: {row['reason_en']}"))
    if rejects.height > _MAX_REJECTS:
        console.print(
            pick(
                f"… 共 {rejects.height:,} 条；全部写入文件：python -m etl rejects --out rejects.xlsx",
                f"… {rejects.height:,} in all; write them to a file: python -m etl rejects --out rejects.xlsx",
            )
        )
