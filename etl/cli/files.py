"""`inspect`, `demo` and `briefing`: files looked at and written."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from rich.table import Table

from etl.cli.console import EXIT_OK, console


def run_inspect(args: argparse.Namespace) -> int:
    """Says what a file looks like and writes a draft of its mapping beside it."""
    from etl.ingest.values.masking import hide_numbers
    from etl.profiling import draft
    from etl.profiling.column_kinds import KIND_NAMES
    from etl.profiling.inspection import inspect_file

    written, looks = inspect_file(args.file)
    console.print(f"{args.file}" + "".join(f" · {value}" for value in written.values()))
    for look in looks:
        title = f"{look.table.title} {look.table.name}" if look.table else "看不出是哪张表 no table of ours"
        where = f"表头在第 {look.header_row} 行 header in row {look.header_row}" if look.header_row else ""
        if look.header_rows > 1:
            where += f"–{look.header_row + look.header_rows - 1}"
        table = Table(
            title=" · ".join(filter(None, (hide_numbers(look.sheet), title, where, f"{look.rows:,} 行 rows"))),
            title_justify="left",
        )
        for name in ("列 header", "像是 looks like", "类型 holds", "有值 filled", "例 examples"):
            table.add_column(name, overflow="fold")
        for column in look.columns:
            guess = f"{column.contract_column}{'' if column.is_sure else ' ?'}" if column.contract_column else "–"
            examples = "、".join(column.examples)
            table.add_row(
                hide_numbers(column.header), guess, KIND_NAMES[column.kind], f"{column.filled_share:.0%}", examples
            )
        console.print(table)
        if look.table:
            for missing in look.missing_columns:
                console.print(f"缺少必填列 required but not found: {look.table.header(missing)} {missing}")
    console.print(f"映射草稿 draft of the mapping → {draft.write(args.file, looks)}")
    return EXIT_OK


def run_demo(args: argparse.Namespace) -> int:
    """Writes the demo places' files, or a rows folder with so many times their events."""
    from data import generator
    from data.generator import event_copies

    if args.format == "files":
        generator.write(args.out, scale=args.scale, seed=args.seed)
    else:
        with tempfile.TemporaryDirectory() as source:
            generator.write(Path(source), seed=args.seed)
            event_copies.write(Path(source), args.out, args.scale)
    console.print(f"→ {args.out}")
    return EXIT_OK


def run_briefing(args: argparse.Namespace) -> int:
    """Writes a meeting's briefing as slides, a document or a workbook."""
    # The pages stand above etl, and bring Streamlit along: only this command asks for them, when it is run.
    import logging

    logging.getLogger("streamlit").setLevel(logging.ERROR)
    from etl.cli import briefing

    count = briefing.write(args.playlist, args.out, args.area, args.period, args.lang, args.warehouse)
    console.print(f"{count} 节 sections → {args.out}")
    return EXIT_OK
