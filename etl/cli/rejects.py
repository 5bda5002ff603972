"""`rejects`: the rows that were sent back, with their reasons."""

from __future__ import annotations

import argparse

import polars as pl

from etl.cli.console import EXIT_OK, console
from sql.errors import InputError
from sql.warehouse import current_version

# Rejects are listed on the screen up to here; all of them are in the file that `rejects --out` writes.
_REJECTS_SHOWN = 20


def run_rejects(args: argparse.Namespace) -> int:
    """Lists the rejected rows of the current version, or writes all of them to an XLSX, laid out as their files."""
    version = current_version(args.warehouse)
    if args.out is None:
        listed = version.rows("select * from raw.rejects order by district, file, sheet, row_number")
        print_rejects(listed)
        console.print(f"{listed.height:,} 条 in all")
        return EXIT_OK
    if not args.out.absolute().parent.is_dir():
        raise InputError(
            f"没有文件夹 {args.out.parent}；请先建立", f"there is no folder {args.out.parent}; create it first"
        )
    from sql.quality import rejects

    console.print(f"{rejects.write(version, args.out):,} 行 rows → {args.out}")
    return EXIT_OK


def print_rejects(rejects: pl.DataFrame) -> None:
    """Lists rejected rows with their reasons, the first of them."""
    for row in rejects.head(_REJECTS_SHOWN).iter_rows(named=True):
        place = f"{row['district'] or ''}/{row['file']}"
        if row["sheet"]:
            place += f" [{row['sheet']}]"
        if row["row_number"] is not None:
            place += f" 第 {row['row_number']} 行 row {row['row_number']}"
        console.print(f"{place}：{row['reason_zh']}", f"  {row['reason_en']}", sep="\n")
    if rejects.height > _REJECTS_SHOWN:
        console.print(f"… 共 {rejects.height:,} 条；全部写入文件 all of them: python -m etl rejects --out rejects.xlsx")
