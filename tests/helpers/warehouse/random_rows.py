"""Writes a rows folder with every table filled at random within its contract, to compare engines.

References point to rows or nowhere, spans may end before they begin, and dates are mostly at the turn of months and years.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

import dataframely as dy
import duckdb

from etl.build.load import calendar
from etl.build.rows_folder import raw_columns, write_manifest, write_table
from etl.contracts import Table, load_order
from tests.helpers.warehouse.world import AREAS

DATA_DATE = date(2024, 6, 20)
# Month ends, leap days, the turn of a year, the data date and the days around it.
DAYS = [
    date(2022, 12, 31),
    date(2023, 1, 1),
    date(2023, 2, 28),
    date(2023, 3, 31),
    date(2023, 6, 20),
    date(2023, 12, 31),
    date(2024, 1, 31),
    date(2024, 2, 28),
    date(2024, 2, 29),
    date(2024, 3, 1),
    date(2024, 5, 31),
    date(2024, 6, 1),
    DATA_DATE - timedelta(1),
    DATA_DATE,
    DATA_DATE + timedelta(1),
    date(2024, 7, 31),
]
TIMES = [time(), time(7, 59, 59, 999_999), time(8), time(17, 59, 59), time(18), time(23, 59, 59, 1)]
TEXTS = [
    "",
    "无",
    "辞职，考录公务员",
    "退休",
    "调动",
    "Ünïcode 🤦🏼‍♂️",
    "龘䶮",
    "a'b\"c\\d",
    "tab\tline\n",
    "ﬁ½Ａ",
    " 空 格 ",
]
NUMBERS = [0, 1, 2, 5, 7, 59, 100, 5000]
FRACTIONS = [0.0, -0.5, 0.1, 1 / 3, 2.5, 59.9, 60.0, 99.999, 1e6]
# Texts that models parse.
COLUMN_TEXTS = {
    "quarter": [f"{year}Q{number}" for year in (2022, 2023, 2024) for number in (1, 2, 3, 4)],
    "standard": [
        "staffing_ratio",
        "social_orgs_per_community",
        "facility_area",
        "training_coverage",
        "property_projects_per_year",
        "report_interval",
        "grade_band",
        "assessment_weight",
        "consecutive_failed_years",
        "negative_list",
    ],
    "item": [
        "worker",
        "secretary",
        "worker:daily",
        "worker:annual",
        "secretary:feedback",
        "pace:03",
        "pace:09",
        "requests",
        "workers",
        "points",
    ],
}
YEARS = [2020, 2021, 2022, 2023, 2024, 2025]
DISTRICTS = ["甲区", "乙区", "丙"]
# These tables stay empty, to test models of an empty table.
EMPTY_TABLES = ("honours", "shop_zones", "shape_faults")
# Marts that depend only on those tables.
EMPTY_MARTS = ("honours", "shop_zone_months")
ROWS = 120


def write_rows(folder: Path, seed: int) -> Path:
    """Writes the folder, identical for the same seed."""
    random = Random(seed)
    tables = {"areas": _areas()}
    for table in load_order():
        if table.name not in ("areas", "shapes"):
            tables[table.name] = [] if table.name in EMPTY_TABLES else _rows(random, table, tables)
    tables |= {
        name: _ingest_list(random, name, tables)
        for name in ("files", "claims", "full_rosters", "full_roster_gaps", "rejects")
    }
    with duckdb.connect() as connection:
        for name, columns in raw_columns().items():
            connection.execute(
                f'create table "{name}" ({", ".join(f"{column} {kind}" for column, kind in _quote_names(columns))})'
            )
            rows = [tuple(row.get(column) for column in columns) for row in tables.get(name, [])]
            if rows:
                connection.executemany(f'insert into "{name}" values ({", ".join("?" for _ in columns)})', rows)
        connection.register("calendar", calendar(connection.sql("select as_of from population").pl(), DATA_DATE))
        connection.execute("insert into months from calendar")
        for name in raw_columns():
            write_table(connection, folder, name, f'from "{name}"')
    write_manifest(folder, "random", DATA_DATE, DATA_DATE, scale=1)
    return folder


def _quote_names(columns: dict[str, str]) -> list[tuple[str, str]]:
    return [(f'"{column}"', kind) for column, kind in columns.items()]


def _areas() -> list[dict]:
    """Returns a city whose second county another district sent."""
    return [
        {**row, "source_district": DISTRICTS[str(row["area_code"]).startswith("621021")], "loaded_at": _loaded_at(0)}
        for row in AREAS
    ]


def _loaded_at(number: int) -> datetime:
    return datetime(2024, 6, 21, 8) + timedelta(seconds=number)


def _rows(random: Random, table: Table, tables: dict[str, list[dict]]) -> list[dict]:
    """Returns rows with distinct keys."""
    rows: dict[tuple, dict] = {}
    for number in range(ROWS):
        row = {name: _cell(random, table, name, column, tables) for name, column in table.columns.items()}
        row |= {"source_district": random.choice(DISTRICTS), "source_file": f"{table.title}.csv", "source_row": number}
        row |= {"loaded_at": _loaded_at(number), "person_number": random.choice([None, 1, 2])}
        if any(row[name] is None and not table.columns[name].nullable for name in table.key):
            continue
        rows[tuple(row[name] for name in table.key)] = row
    return list(rows.values())


def _cell(random: Random, table: Table, name: str, column: dy.Column, tables: dict[str, list[dict]]) -> object:
    if column.nullable and random.random() < 0.25:
        return None
    for reference in table.columns_with("references").get(name, ()):
        targets = [row[reference.column] for row in tables.get(reference.table, [])]
        if targets and random.random() < 0.95:
            return random.choice(targets)
    if isinstance(column, dy.Enum):
        return random.choice(column.categories)
    if isinstance(column, dy.Bool):
        return random.random() < 0.5
    if isinstance(column, dy.Date):
        return random.choice(DAYS) if random.random() < 0.7 else date(2022, 1, 1) + timedelta(random.randrange(1000))
    if isinstance(column, dy.Datetime):
        return datetime.combine(random.choice(DAYS), random.choice(TIMES))
    if isinstance(column, dy.Int64):
        return random.choice(YEARS if name == "assess_year" else NUMBERS)
    if isinstance(column, dy.Float64):
        return random.choice(FRACTIONS)
    if name in table.key and len(table.key) == 1:
        return f"{table.name}-{random.randrange(ROWS)}"
    if name in ("account_id", "holder_id", "attendee_id", "recipient_id"):
        return random.choice(
            [f"账户{random.randrange(9)}", *(row["worker_id"] for row in tables.get("workers", [])[:9])]
        )
    return random.choice(COLUMN_TEXTS.get(name, TEXTS))


def _ingest_list(random: Random, name: str, tables: dict[str, list[dict]]) -> list[dict]:
    """Returns rows of one of the lists that ingest writes beside the tables."""
    rows = []
    for number in range(40):
        district, day = random.choice(DISTRICTS), random.choice(DAYS)
        row = {"district": district, "file": f"文件{number}.csv", "sheet": random.choice(["", "表1"])}
        row |= {"as_of": day, "worker_id": random.choice([None, *(row["worker_id"] for row in tables["workers"][:5])])}
        row |= {
            "table_name": random.choice([None, *tables]),
            "status": random.choice(["loaded", "stale", "failed", "replaced"]),
        }
        row |= {
            "rows_read": random.choice(NUMBERS),
            "rows_loaded": random.choice(NUMBERS),
            "rows_rejected": random.choice(NUMBERS),
        }
        row |= {
            "last_event": random.choice([None, *DAYS]),
            "valid_on": random.choice([None, *DAYS]),
            "received_on": random.choice(DAYS),
            "loaded_at": _loaded_at(number),
            "header": random.choice([None, [], TEXTS]),
        }
        row |= {"key": str(number), "is_kept": random.random() < 0.5, "row_number": number}
        rows.append(row)
    if name == "full_rosters":
        return list({(row["district"], row["as_of"]): row for row in rows}.values())
    return rows
