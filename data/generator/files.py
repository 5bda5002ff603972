"""Writes tables as districts keep them: Chinese headers and words, CSV or XLSX, sometimes with a title above."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from data.generator.base.words import HEADERS, words


def _cells(table: str, rows: list[dict]) -> Iterator[list]:
    """Yields the rows as a district writes them, in the order of its headers."""
    columns = [(column, words(table, column)) for column in HEADERS[table]]
    for row in rows:
        yield [_cell(row.get(column), labels) for column, labels in columns]


def _cell(value: object, labels: dict[str, str]) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return labels[value] if labels and isinstance(value, str) else value


def write_csv(path: Path, table: str, rows: list[dict], encoding: str = "utf-8-sig", title: str | None = None) -> None:
    """Writes a CSV file with Chinese headers and dates like 2026-06-30; `title` is a line above the header."""
    headers = HEADERS[table]
    with open(path, "w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if title:
            writer.writerow([title] + [""] * (len(headers) - 1))
        writer.writerow(headers.values())
        # Districts record times to the minute.
        writer.writerows(
            [f"{cell:%Y-%m-%d %H:%M}" if isinstance(cell, datetime) else cell for cell in cells]
            for cells in _cells(table, rows)
        )


def write_xlsx(path: Path, table: str, rows: list[dict], title: str | None = None) -> None:
    """Writes a workbook with one sheet and dates as Excel dates; `title` is a merged first row."""
    headers = HEADERS[table]
    with xlsxwriter.Workbook(path) as book:
        # The default, the time of writing, would make equal workbooks differ.
        book.set_properties({"created": datetime(2026, 7, 1)})
        sheet = book.add_worksheet("Sheet1")
        date_format = book.add_format({"num_format": "yyyy-mm-dd"})
        header_row = 0
        if title:
            title_format = book.add_format({"bold": True, "align": "center"})
            sheet.merge_range(0, 0, 0, len(headers) - 1, title, title_format)
            header_row = 1
        sheet.write_row(header_row, 0, headers.values(), book.add_format({"bold": True}))
        for number, cells in enumerate(_cells(table, rows), header_row + 1):
            for index, value in enumerate(cells):
                if value == "":
                    continue
                if isinstance(value, date):
                    sheet.write_datetime(number, index, value, date_format)
                elif isinstance(value, str):
                    # Excel would round codes of digits if they were numbers.
                    sheet.write_string(number, index, value)
                else:
                    sheet.write_number(number, index, value)
