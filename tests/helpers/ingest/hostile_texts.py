"""Writes a source in which every text begins with a payload that a browser, a spreadsheet or Markdown might interpret."""

from __future__ import annotations

import csv
import json
import zlib
from pathlib import Path

import fastexcel
import polars as pl

from sql.paths import PROJECT
from tests.helpers.ingest.ingest_rows import DICTIONARY, headers

# If not treated as text, these run as code, request another host, become a formula, an image or a symbol, or reverse the
# writing direction.
PAYLOADS = (
    '<img src=x onerror="window.hit=1">',
    "<script>window.hit=1</script>",
    '=HYPERLINK("http://evil.test/a","b")',
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-1+1|x",
    "![x](http://evil.test/i.png)",
    "[x](http://evil.test/l)",
    "**bold** $\\LaTeX^2$ `code`",
    ":material/home: :red[x] :streamlit:",
    "[[link]]",
    "a\u202egnp.exe",
    '<a href="javascript:window.hit=1">x</a>',
    "</style><svg onload=window.hit=1>",
    "{zone}%s${x}",
    '"><b>x</b>',
)
# Columns without a payload: codes of areas, words that rules know, and texts that are parsed further.
_WITHOUT_PAYLOAD = {"standard", "item", "quarter", "area_code", "parent_code", "community_code", "id_number", "phone"}


def add_payload(value: str | None) -> str | None:
    """Puts a payload before a text: always the same for the same text, so that references still match."""
    return PAYLOADS[zlib.crc32(value.encode()) % len(PAYLOADS)] + value if value else value


def columns() -> dict[str, dict[str, str]]:
    """Returns the text columns that carry a payload, as table.column, by the table's and the column's Chinese names."""
    by_table: dict[str, dict[str, str]] = {}
    with DICTIONARY.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["type"] == "text" and row["column"] not in _WITHOUT_PAYLOAD:
                by_table.setdefault(row["table_zh"], {})[row["header_zh"].split("/")[-1]] = (
                    f"{row['table']}.{row['column']}"
                )
    return by_table


def write_source(folder: Path) -> set[str]:
    """Writes the demo's files of 高密市 with payloads; returns the columns, as table.column, that carry them."""
    with_payload: set[str] = set()
    tables = columns()
    for district in ("上级区划", "高密市"):
        (folder / district).mkdir(parents=True)
        for path in sorted((PROJECT / "data" / "demo" / district).iterdir()):
            matching_tables = [name for name in tables if name in path.stem]
            if path.suffix == ".geojson":
                shapes = json.loads(path.read_text(encoding="utf-8"))
                for feature in shapes["features"]:
                    feature["properties"] = {
                        name: add_payload(value) if name == "grid_code" else value
                        for name, value in feature["properties"].items()
                    }
                (folder / district / path.name).write_text(json.dumps(shapes, ensure_ascii=False), encoding="utf-8")
                continue
            if not matching_tables:
                (folder / district / path.name).write_bytes(path.read_bytes())
                continue
            table = max(matching_tables, key=len)
            if path.suffix == ".xlsx":
                # The header follows a title row.
                rows = fastexcel.read_excel(path).load_sheet(0, header_row=1, dtypes="string").to_polars()
            else:
                first_line = path.read_text(encoding="utf-8-sig").partition("\n")[0]
                rows = pl.read_csv(
                    path, infer_schema=False, skip_rows=0 if any(name in first_line for name in tables[table]) else 1
                )
            # Columns that the demo leaves empty are filled in as well.
            default_texts = {
                header: _DEFAULT_TEXTS[name] for header, name in tables[table].items() if name in _DEFAULT_TEXTS
            }
            rows = rows.with_columns(
                (pl.col(header).fill_null(text) if header in rows.columns else pl.lit(text)).alias(header)
                for header, text in default_texts.items()
            )
            changed = [header for header in tables[table] if header in rows.columns]
            with_payload |= {tables[table][header] for header in changed if rows[header].drop_nulls().len()}
            rows.with_columns(
                pl.col(header).map_elements(add_payload, return_dtype=pl.String, skip_nulls=True) for header in changed
            ).write_csv(folder / district / f"{table}.csv")
    for table, cells in _ABSENT_TABLES.items():
        names = headers(table)
        with_payload |= {
            f"{table}.{column}" for column in cells if f"{table}.{column}" in tables[_TITLES[table]].values()
        }
        columns_of_table = {
            names[column]: [value if column in _ABSENT_WITHOUT_PAYLOAD else add_payload(value)]
            for column, value in cells.items()
        }
        pl.DataFrame(columns_of_table).write_csv(folder / "高密市" / f"{_TITLES[table]}.csv")
    return with_payload


# Tables that the district does not keep, with people and partners that it has.
_WORKER, _PARTNER, _COMMUNITY = "3707850001", "370785P0001", "370785001077"
_TITLES = {
    "assessments": "考核",
    "career_events": "履历事件",
    "partner_ratings": "合伙人评价",
    "partner_services": "供给清单",
}
_ABSENT_TABLES = {
    "assessments": {
        "worker_id": _WORKER,
        "assess_year": "2022",
        "daily_score": "90",
        "annual_score": "91",
        "feedback_score": "92",
        "result": "优秀",
    },
    "career_events": {
        "event_id": "V1",
        "worker_id": _WORKER,
        "on_date": "2022-05-01",
        "kind": "借调",
        "detail": "借调到县里",
    },
    "partner_ratings": {
        "partner_id": _PARTNER,
        "quarter": "2026Q1",
        "resident_score": "90",
        "community_score": "91",
        "industry_score": "92",
    },
    "partner_services": {
        "service_id": "D1",
        "partner_id": _PARTNER,
        "category": "烘焙",
        "area_code": _COMMUNITY,
        "since": "2022-01-01",
    },
}
_ABSENT_WITHOUT_PAYLOAD = _WITHOUT_PAYLOAD | {
    "assess_year",
    "daily_score",
    "annual_score",
    "feedback_score",
    "result",
    "on_date",
    "kind",
    "resident_score",
    "community_score",
    "industry_score",
    "since",
}
# Columns that the demo leaves empty; the reference is to a venue that the district has.
_DEFAULT_TEXTS = {"training_sessions.place_id": "370785S0001"} | dict.fromkeys(
    (
        "areas.map_approval_no",
        "workers.leave_reason",
        "workers.line_of_work",
        "workers.project",
        "career_events.detail",
        "training_sessions.course",
        "training_sessions.topic",
        "training_sessions.university",
        "activities.title",
        "points.reason",
        "partners.exit_reason",
        "standards.text",
    ),
    "x",
)
