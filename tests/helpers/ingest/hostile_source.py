"""Writes hostile files: workbooks built part by part, archives with false sizes, and files that are costly to read."""

from __future__ import annotations

import io
import itertools
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import polars as pl

from tests.helpers.ingest.ingest_source import RURAL, URBAN, WORKER_HEADER, worker

MB = 1024**2
FULL_SIZE = 50 * MB
COLUMNS = WORKER_HEADER.strip().split(",")
LINE = worker().strip().split(",")
_NAMES = "http://schemas.openxmlformats.org"
_RELATION = f"{_NAMES}/officeDocument/2006/relationships"
_MAIN = f'xmlns="{_NAMES}/spreadsheetml/2006/main"'
_RELATIONS = f'<Relationships xmlns="{_NAMES}/package/2006/relationships">'


def workbook(sheets: Iterable[str], strings: str = "", names: list[str] | None = None) -> dict[str, bytes]:
    """Returns the parts of a workbook with these XML texts as its sheets and shared strings."""
    sheets = list(sheets)
    names = names or [f"Sheet{number}" for number in range(1, len(sheets) + 1)]
    listed = "".join(f'<sheet name="{name}" sheetId="{at}" r:id="s{at}"/>' for at, name in enumerate(names, start=1))
    relations = "".join(
        f'<Relationship Id="s{at}" Type="{_RELATION}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(names) + 1)
    )
    texts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_NAMES}/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'{_RELATIONS}<Relationship Id="r1" Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>"
        ),
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_RELATION}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": (
            f'{_RELATIONS}{relations}<Relationship Id="t" Type="{_RELATION}/sharedStrings" Target="sharedStrings.xml"/>'
            "</Relationships>"
        ),
        "xl/sharedStrings.xml": f"<sst {_MAIN}>{strings}</sst>",
        **{f"xl/worksheets/sheet{at}.xml": text for at, text in enumerate(sheets, start=1)},
    }
    return {name: text.encode() for name, text in texts.items()}


def cell(text: object, reference: str = "") -> str:
    """Returns the XML of a text cell, at a reference such as A1 or after the previous cell."""
    attribute = f' r="{reference}"' if reference else ""
    return f'<c{attribute} t="inlineStr"><is><t>{text}</t></is></c>'


def sheet(rows: Iterable[Iterable[object]], more: str = "", before: str = "", after: str = "") -> str:
    """Returns the XML of a sheet: rows of texts, `more` rows as XML, and the XML before and after them."""
    lines = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    return f"<worksheet {_MAIN}>{before}<sheetData>{lines}{more}</sheetData>{after}</worksheet>"


GOOD_SHEET = sheet([COLUMNS, LINE])


def zip_parts(parts: dict[str, bytes], level: int = 6) -> bytes:
    """Returns a zip archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def deflate_repeated(begin: bytes, repeated: bytes, times: int) -> bytes:
    """Returns the deflated form of `begin` followed by `times` copies of `repeated`, without holding it in memory."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = deflate.compress(begin) + deflate.flush(zlib.Z_FULL_FLUSH)
    body = deflate.compress(repeated) + deflate.flush(zlib.Z_FULL_FLUSH)
    return head + body * times + deflate.flush()


def bomb(parts: dict[str, bytes], name: str, deflated: bytes, stated: int) -> bytes:
    """Returns a zip archive of these parts and one more, already deflated, that claims a size of `stated` bytes."""
    whole = zip_parts(parts)
    end = whole.rindex(b"PK\x05\x06")
    count, _length, start = struct.unpack("<HII", whole[end + 10 : end + 20])
    size = min(stated, 0xFFFFFFFF)
    # Sizes of four gigabytes and more are in an extra field.
    more = struct.pack("<HHQ", 1, 8, stated) if stated > size - 1 else b""
    about = struct.pack("<HHHHHIIIHH", 45, 0, 8, 0, 33, 0, len(deflated), size, len(name), len(more))
    local = b"PK\x03\x04" + about + name.encode() + more + deflated
    central = b"PK\x01\x02" + struct.pack("<H", 45) + about + struct.pack("<HHHII", 0, 0, 0, 0, start)
    directory = whole[start:end] + central + name.encode() + more
    last = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count + 1, count + 1, len(directory), start + len(local), 0)
    return whole[:start] + local + directory + last


def roster(size: int) -> str:
    """Returns an ordinary roster of about that many bytes."""
    lines = (worker(f"W{number}") for number in range(size // (len(worker("W100000").encode()))))
    return WORKER_HEADER + "".join(lines)


def _strings_bomb(stated: int) -> bytes:
    parts = workbook([GOOD_SHEET])
    begin = parts.pop("xl/sharedStrings.xml").removesuffix(b"</sst>")
    text = b"<si><t>" + b"x" * 1000 + b"</t></si>"
    return bomb(parts, "xl/sharedStrings.xml", deflate_repeated(begin, text * 1024, 10_000), stated)


def _sheet_bomb() -> bytes:
    parts = workbook([GOOD_SHEET])
    begin = parts.pop("xl/worksheets/sheet1.xml").removesuffix(b"</sheetData></worksheet>")
    row = f"<row>{''.join(map(cell, LINE))}</row>".encode()
    return bomb(parts, "xl/worksheets/sheet1.xml", deflate_repeated(begin, row * 2000, 10_000), MB)


def _comment_bomb() -> bytes:
    """Returns a workbook whose sheet has no cells, only an unterminated comment."""
    parts = workbook([GOOD_SHEET])
    begin = parts.pop("xl/worksheets/sheet1.xml").partition(b"<sheetData>")[0] + b"<!--"
    return bomb(parts, "xl/worksheets/sheet1.xml", deflate_repeated(begin, b" " * MB, 10_000), MB)


def _many_members() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for number in range(400_000):
            archive.writestr(f"{number}", b"")
    return out.getvalue()


def _far_cells(*references: str) -> bytes:
    rows = "".join(
        f'<row r="{reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}">{cell("远", reference)}</row>'
        for reference in references
    )
    return zip_parts(workbook([sheet([COLUMNS, LINE], rows, before='<dimension ref="A1:XFD1048576"/>')]))


def _ordinary_workbook(rows: int, is_shared: bool) -> bytes:
    """Returns a workbook of that many ordinary rows, each with its own texts."""
    strings = "".join(f"<si><t>{text}</t></si>" for text in [*COLUMNS, *LINE])
    texts = itertools.count(len(COLUMNS) + len(LINE))

    def row(number: int) -> str:
        own = {0: f"W{number}", 1: f"张三{number % 9973}", 10: f"{2021 + number % 4}-01-{number % 28 + 1:02}"}
        if is_shared:
            cells = (
                f'<c t="s"><v>{next(texts) if at in own else at + len(COLUMNS)}</v></c>' for at in range(len(LINE))
            )
            shared.extend(f"<si><t>{text}</t></si>" for text in own.values())
        else:
            cells = (cell(own.get(at, text)) for at, text in enumerate(LINE))
        return f"<row>{''.join(cells)}</row>"

    shared: list[str] = []
    lines = "".join(map(row, range(rows)))
    return zip_parts(workbook([sheet([COLUMNS], lines)], strings + "".join(shared)), level=1)


def _merged(count: int) -> bytes:
    ranges = "".join(f'<mergeCell ref="A{row}:XFD{row + 9}"/>' for row in range(1, count))
    after = f'<mergeCells><mergeCell ref="A1:XFD1048576"/>{ranges}</mergeCells>'
    return zip_parts(workbook([sheet([COLUMNS, *[LINE] * 1000], after=after)]))


def _sheets(count: int, text: str) -> bytes:
    return zip_parts(workbook([text] * count, names=[f"社区工作者{number}" for number in range(count)]), level=1)


def _parquet(path: Path) -> None:
    """Writes twenty million identical rows, which take hardly any bytes."""
    frame = pl.DataFrame(dict(zip(COLUMNS, LINE, strict=True)))
    frame.select(pl.all().repeat_by(20_000_000).explode()).write_parquet(path, compression="zstd")


def _collection(*features: dict[str, object]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def _feature(geometry: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _points(count: int) -> str:
    ring = [[107.0 + number / count / 10, 35.0 + (number % 2) / 1000] for number in range(count)]
    polygon = {"type": "Polygon", "coordinates": [[*ring, [107.1, 36.0], [107.0, 36.0], ring[0]]]}
    return _collection(_feature(polygon, area_code=URBAN))


def comb_borders(teeth: int) -> str:
    """Returns two communities whose comb-shaped borders cross teeth × teeth × 4 times."""
    across = [[107 + at / teeth / 2, 36.0 if at % 2 else 35.02] for at in range(2 * teeth + 1)]
    one = [[107.0, 35.0], *across, [108.0, 35.0], [107.0, 35.0]]
    other = [[y + 72, x - 72] for x, y in one]
    return _collection(
        *(
            _feature({"type": "Polygon", "coordinates": [ring]}, area_code=code)
            for ring, code in ((one, URBAN), (other, RURAL))
        )
    )


def _writer(content: Callable[[], str | bytes]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        data = content()
        path.write_bytes(data if isinstance(data, bytes) else data.encode())

    return write


_WRONG = ",".join(["×"] * len(COLUMNS)) + "\n"
_CSV, _XLSX, _GEOJSON = "社区工作者.csv", "社区工作者.xlsx", "shapes.geojson"
_MAPPING = '[[file]]\nname = "*"\ntable = "workers"\n'

# Each case's file name and the function that writes it.
HEAVY_CASES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "CSV: ordinary rows": (_CSV, _writer(lambda: roster(FULL_SIZE))),
    "CSV: ordinary rows, one long by two": (
        _CSV,
        _writer(lambda: roster(FULL_SIZE) + worker("W").strip() + ",x,y,z\n"),
    ),
    "CSV: ordinary rows in UTF-16": (_CSV, _writer(lambda: roster(FULL_SIZE * 2 // 3).encode("utf-16"))),
    "CSV: every cell wrong": (_CSV, _writer(lambda: WORKER_HEADER + _WRONG * (FULL_SIZE // len(_WRONG.encode())))),
    "CSV: rows of one letter": (_CSV, _writer(lambda: WORKER_HEADER + "x\n" * (FULL_SIZE // 2))),
    "CSV: the same row over and over": (
        _CSV,
        _writer(lambda: WORKER_HEADER + worker() * (FULL_SIZE // len(worker().encode()))),
    ),
    "CSV: one key, rows that differ": (
        _CSV,
        _writer(lambda: WORKER_HEADER + "".join(worker("W1", leave_date=f"x{n}") for n in range(450_000))),
    ),
    "CSV: a million columns": (_CSV, _writer(lambda: ",".join(map(str, range(1_000_000))) + "\n" + "," * 999_999)),
    "CSV: a row of a million cells": (_CSV, _writer(lambda: WORKER_HEADER + worker() + "x," * 1_000_000)),
    "CSV: 16,000 columns, 3,000 rows": (
        _CSV,
        _writer(lambda: WORKER_HEADER.strip() + "," * 15_980 + "\n" + ("," * 15_990 + "\n") * 3000),
    ),
    "CSV: one line": (_CSV, _writer(lambda: "x" * FULL_SIZE)),
    "CSV: only quotes": (_CSV, _writer(lambda: '"' * FULL_SIZE)),
    "CSV: a header, then only quotes": (_CSV, _writer(lambda: WORKER_HEADER + '"' * FULL_SIZE)),
    "CSV: only delimiters": (_CSV, _writer(lambda: "," * FULL_SIZE)),
    "CSV: a header, then only delimiters": (_CSV, _writer(lambda: WORKER_HEADER + "," * FULL_SIZE)),
    "CSV: only line ends": (_CSV, _writer(lambda: "\n" * FULL_SIZE)),
    "CSV: a header, then only line ends": (_CSV, _writer(lambda: WORKER_HEADER + "\n" * FULL_SIZE)),
    "CSV: a cell of 30 MB": (_CSV, _writer(lambda: WORKER_HEADER + worker("W1", post="1" * 30 * MB))),
    "CSV: a code of 30 MB of digits": (_CSV, _writer(lambda: WORKER_HEADER + worker("1." + "0" * 30 * MB + "x"))),
    "CSV: a date of 30 MB of blanks": (
        _CSV,
        _writer(lambda: WORKER_HEADER + worker(hire_date="2" + " " * 30 * MB + "x")),
    ),
    "CSV: a header of 30 MB": (_CSV, _writer(lambda: WORKER_HEADER.strip() + "," + "学 历" * 4 * MB + "\n" + worker())),
    "XLSX: 300,000 ordinary rows": (_XLSX, _writer(lambda: _ordinary_workbook(300_000, False))),
    "XLSX: 1,000,000 ordinary rows": (_XLSX, _writer(lambda: _ordinary_workbook(1_000_000, False))),
    "XLSX: three million shared strings": (_XLSX, _writer(lambda: _ordinary_workbook(1_000_000, True))),
    "XLSX: 10 GB, honestly": (_XLSX, _writer(lambda: _strings_bomb(10_000 * 1015 * 1024))),
    "XLSX: 10 GB of texts, 1 MB stated": (_XLSX, _writer(lambda: _strings_bomb(MB))),
    "XLSX: 10 GB of rows, 1 MB stated": (_XLSX, _writer(_sheet_bomb)),
    "XLSX: 10 GB of a comment, 1 MB stated": (_XLSX, _writer(_comment_bomb)),
    "XLSX: within another": (_XLSX, _writer(lambda: zip_parts({"xl/book.xlsx": zip_parts(workbook([GOOD_SHEET]))}))),
    "XLSX: 400,000 members": (_XLSX, _writer(_many_members)),
    "XLSX: cells at A1 and XFD1048576": (_XLSX, _writer(lambda: _far_cells("XFD1048576"))),
    "XLSX: cells at A1 and K1048576": (_XLSX, _writer(lambda: _far_cells("K1048576"))),
    "XLSX: cells at A1 and ALL1048576": (_XLSX, _writer(lambda: _far_cells("ALL1048576"))),
    "XLSX: 10,000 sheets": (_XLSX, _writer(lambda: _sheets(10_000, GOOD_SHEET))),
    "XLSX: 200 sheets of 5,000 rows": (_XLSX, _writer(lambda: _sheets(200, sheet([COLUMNS, *[LINE] * 5000])))),
    "XLSX: 300,000 merged cells": (_XLSX, _writer(lambda: _merged(300_000))),
    "Parquet: 20 million rows that say the same": ("社区工作者.parquet", _parquet),
    "GeoJSON: a million points": (_GEOJSON, _writer(lambda: _points(1_000_000))),
    "GeoJSON: two combs that cross a million times": (_GEOJSON, _writer(lambda: comb_borders(500))),
    "GeoJSON: only brackets": (_GEOJSON, _writer(lambda: "[" * FULL_SIZE)),
    "GeoJSON: empty features": (
        _GEOJSON,
        _writer(lambda: '{"features":[' + ",".join(['{"properties":{},"geometry":null}'] * (FULL_SIZE // 34)) + "]}"),
    ),
    "GeoJSON: 10,000 names of properties": (
        _GEOJSON,
        _writer(lambda: _collection(*(_feature(None, area_code=str(n), **{f"p{n}": n}) for n in range(15_000)))),
    ),
    "mapping.toml: binary": ("mapping.toml", _writer(lambda: bytes(range(256)) * 1000)),
    "mapping.toml: 50 MB": (
        "mapping.toml",
        _writer(lambda: _MAPPING + '[[rows.workers]]\nworker_id = "W1"\n' * (FULL_SIZE // 34)),
    ),
    "mapping.toml: only brackets": ("mapping.toml", _writer(lambda: "a = " + "[" * MB)),
    "mapping.toml: only line ends": ("mapping.toml", _writer(lambda: "\n" * 200_000 + "x")),
    "mapping.toml: a key of 100,000 parts": ("mapping.toml", _writer(lambda: ".".join("a" * 100_000) + " = 1")),
}


def write_case(case: str, path: Path) -> None:
    """Writes the file of a heavy case."""
    HEAVY_CASES[case][1](path)
