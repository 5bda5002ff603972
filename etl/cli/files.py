"""Runs `inspect`, `templates`, `demo` and `briefing`, which look at files and write them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rich.table import Table

from etl.cli.console import console
from etl.cli.failures import EXIT_OK
from sql.errors import InputError
from sql.language import pick, pick_from

if TYPE_CHECKING:
    from etl.profiling.inspection import SheetProfile


def run_inspect(path: Path) -> int:
    """Prints what a file holds and writes a draft of its mapping beside it."""
    from etl.profiling import draft
    from etl.profiling.inspection import inspect_file

    format, profiles = inspect_file(path)
    console.print(" · ".join([f"{path}", *map(pick_from, format.values())]))
    for profile in profiles:
        console.print(_profile_table(profile))
        if profile.table:
            for missing in profile.missing_columns:
                column = f"{profile.table.header(missing)} {missing}"
                console.print(pick(f"缺少必填列：{column}", f"required column not found: {column}"))
    console.print(f"{pick('映射草稿', 'draft of the mapping')} → {draft.write(path, profiles)}")
    return EXIT_OK


def _profile_table(profile: SheetProfile) -> Table:
    """Returns the columns of one sheet as a table; its title names the sheet, its table and its size."""
    from etl.ingest.values.masking import hide_numbers
    from etl.profiling.column_kinds import KIND_NAMES

    name = pick("看不出是哪张表", "table not recognised")
    if profile.table:
        name = pick(f"{profile.table.title} {profile.table.name}", profile.table.name)
    header = ""
    if profile.header_row:
        header_rows = f"{profile.header_row}"
        if profile.header_rows > 1:
            header_rows += f"–{profile.header_row + profile.header_rows - 1}"
        header = pick(f"表头在第 {header_rows} 行", f"header in row {header_rows}")
    rows = pick(f"{profile.rows:,} 行", f"{profile.rows:,} rows")
    table = Table(
        title=" · ".join(filter(None, (hide_numbers(profile.sheet), name, header, rows))), title_justify="left"
    )
    for heading in ("列 | Header", "像是 | Looks like", "类型 | Holds", "有值 | Filled", "例 | Examples"):
        table.add_column(pick_from(heading), overflow="fold")
    for column in profile.columns:
        guess = f"{column.contract_column}{'' if column.is_sure else ' ?'}" if column.contract_column else "–"
        examples = "、".join(column.examples)
        kind = pick_from(KIND_NAMES[column.kind])
        table.add_row(hide_numbers(column.header), guess, kind, f"{column.filled_share:.0%}", examples)
    return table


def run_templates(out: Path) -> int:
    """Writes an empty workbook a table, explained in the chosen language. Raises InputError where one would overwrite a
    file."""
    from etl.contracts import template_workbooks

    try:
        paths = template_workbooks.write(out, pick("zh", "en"))
    except FileExistsError as error:
        raise InputError(
            f"{error} 已经存在，不覆盖；请换一个文件夹", f"{error} exists and is not overwritten; choose another folder"
        ) from error
    console.print(pick(f"{len(paths)} 个文件 → {out}", f"{len(paths)} files → {out}"))
    return EXIT_OK


def run_demo(out: Path, scale: int, format: Literal["files", "parquet"], seed: int) -> int:
    """Writes the demo places' files, or a rows folder with `scale` times their events."""
    from data import generator
    from data.generator import event_copies

    if format == "files":
        generator.write(out, scale=scale, seed=seed)
    else:
        with tempfile.TemporaryDirectory() as source:
            generator.write(Path(source), seed=seed)
            event_copies.write(Path(source), out, scale)
    console.print(f"→ {out}")
    return EXIT_OK


def run_briefing(
    warehouse: Path, playlist: str, out: Path, area: str | None, period: str | None, language: Literal["zh", "en"]
) -> int:
    """Writes a meeting's briefing as slides, a document or a workbook."""
    # The pages stand above etl and import Streamlit: only this command needs them.
    import logging

    logging.getLogger("streamlit").setLevel(logging.ERROR)
    from etl.cli import briefing

    count = briefing.write(playlist, out, area, period, language, warehouse)
    console.print(pick(f"{count} 节 → {out}", f"{count} sections → {out}"))
    return EXIT_OK
