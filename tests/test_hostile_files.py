"""Whatever a file holds, it is loaded or refused with a reason, and the next one is read as if nothing had been."""

from __future__ import annotations

import functools
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import polars as pl
import xlsxwriter
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from etl.intake.pipeline import Intake, take_in
from tests.hostile_source import COLUMNS, zipped
from tests.intake_source import AREAS, MAN_1990, URBAN, WORKER_HEADER, worker, write

FILES, AT_ONCE = 1000, 40
GOOD = "社区工作者z.csv"
many = settings(
    max_examples=FILES // AT_ONCE,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
PLACE = st.integers(0, 2**16)


def taken_among(files: dict[str, bytes]) -> Intake:
    """The intake of these files of a district, with a good one read after them."""
    files = {"行政区划.csv": AREAS.encode(), GOOD: (WORKER_HEADER + worker("好")).encode(), **files}
    with tempfile.TemporaryDirectory() as folder:
        return take_in(write(Path(folder), {f"西峰区/{name}": content for name, content in files.items()}), None)


def check(intake: Intake, names: set[str], table: str = "workers", falls: int = 0) -> None:
    """Every file is loaded or has a reason, every row is loaded, a repeat or has one, and the good file is untouched;
    for so many files at most the parsing process had to be started anew."""
    assert {"行政区划.csv", GOOD, *names} - set(intake.files["file"]) == set()
    (good,) = intake.files.filter(pl.col("file") == GOOD).iter_rows(named=True)
    assert (good["status"], good["rows_read"], good["rows_loaded"]) == ("loaded", 1, 1)
    refused = intake.rejects.group_by("file", "sheet").agg(pl.col("row_number").drop_nulls().n_unique())
    refused = {(file, name): count for file, name, count in refused.iter_rows()}
    tables = [intake.tables[name].select("source_file", "source_sheet") for name in {"workers", table}]
    loaded = pl.concat(tables).group_by("source_file", "source_sheet").len()
    loaded = {(file, name): count for file, name, count in loaded.iter_rows()}
    for row in intake.files.iter_rows(named=True):
        place = row["file"], row["sheet"]
        assert row["rows_read"] == row["rows_loaded"] + row["rows_rejected"] + row["rows_duplicate"], place
        assert row["rows_rejected"] == refused.get(place, 0), place
        if row["status"] == "loaded":
            assert row["rows_loaded"] == loaded.get(place, 6 if row["file"] == "行政区划.csv" else 0), place
        else:
            assert re.search(r"[一-鿿]", row["message_zh"]) and len(row["message_en"]) > 20, place
    assert intake.rejects.filter(
        ~pl.col("reason_zh").str.contains(r"\p{Han}").fill_null(False) | (pl.col("reason_en").str.len_chars() < 10)
    ).is_empty()
    assert intake.files["message_en"].str.contains("the parser fell|reading took over").sum() <= falls


# Bytes that a file may be spoilt with.
BYTES = st.sampled_from(
    [
        b"\0",
        b"\x01\x02\x1b[2J",
        b"\x7f",
        b"\r",
        b"\r\n",
        b"\n\n\n",
        b"\x0b\x0c",
        b'"',
        b'""',
        b'"\n"',
        b",",
        b",,,,",
        b";",
        b"\t",
        b"\\",
        b"\xff",
        b"\xfe\xff",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"\xc3\x28",
        b"\xf4\x90\x80\x80",
        b"\x81\x30\x81\x30",
        b"\xe2\x80\xae",
        "\u202e\u2066".encode(),
        "\ufffe".encode(),
        "😀".encode(),
        "１２".encode(),
        "①Ⅷ㍿".encode(),
        "e\u0301".encode(),
        b"9" * 400,
        b"1e999",
        b"-1e-999",
        b"NaN",
        b"=1+1",
        b"=cmd|' /C calc'!A0",
        b"@SUM(A1)",
        b"0x1F",
        b"1/1/1",
        b"9999-12-31",
        b"-0001-01-01",
        b"2024-02-30",
        b"24:00",
        "合计".encode(),
        "社区工作者编号".encode(),
        b"worker_id",
        b"x" * 40_000,
        b"{cell}{0}%s$1\\1",
        b"</a>",
        b"null",
        "无".encode(),
    ]
)
ENCODINGS = ("utf-16", "utf-16-le", "gb18030", "utf-8-sig", "utf-32", "big5", "latin-1", "utf-7")


def flipped(content: bytes, at: int, end: int, put: bytes) -> bytes:
    at %= len(content)
    return content[:at] + bytes([content[at] ^ (1 << end % 8)]) + content[at + 1 :]


def without(content: bytes, at: int, end: int, put: bytes) -> bytes:
    at, end = sorted((at % len(content), end % len(content)))
    return content[:at] + content[end:]


def inserted(content: bytes, at: int, end: int, put: bytes) -> bytes:
    at %= len(content)
    return content[:at] + put + content[at:]


def cut_off(content: bytes, at: int, end: int, put: bytes) -> bytes:
    return content[: at % len(content)]


def repeated(content: bytes, at: int, end: int, put: bytes) -> bytes:
    at, end = sorted((at % len(content), end % len(content)))
    return content[:end] + content[at:end] * (1 + len(put) % 3) + content[end:]


def shuffled(content: bytes, at: int, end: int, put: bytes) -> bytes:
    lines = content.split(b"\n")
    one, other = at % len(lines), end % len(lines)
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def delimited(content: bytes, at: int, end: int, put: bytes) -> bytes:
    return content.replace(b",", put[:1])


def spoken(content: bytes, at: int, end: int, put: bytes) -> bytes:
    """In another encoding, or what is left of it."""
    return content.decode("utf-8", "replace").encode(ENCODINGS[at % len(ENCODINGS)], "replace")


CSV_WAYS = st.sampled_from(
    [flipped, without, inserted, inserted, inserted, cut_off, repeated, shuffled, delimited, spoken]
)
CSV_CHANGES = st.lists(st.tuples(CSV_WAYS, PLACE, PLACE, BYTES), min_size=1, max_size=4)


def changed(content: bytes, changes: list[tuple[Callable[..., bytes], int, int, bytes]]) -> bytes:
    for way, at, end, put in changes:
        content = way(content or b"x", at, end, put)
    return content or b" "


def of_roster(number: int) -> bytes:
    lines = (worker(f"W{number}-{at}", id_number=(MAN_1990, "")[at % 2], phone="13812345678") for at in range(4))
    return (WORKER_HEADER + "".join(lines)).encode()


@many
@given(st.lists(CSV_CHANGES, min_size=AT_ONCE, max_size=AT_ONCE))
def test_a_csv_spoilt_in_any_way(all_changes):
    files = {f"社区工作者{at:02}.csv": changed(of_roster(at), changes) for at, changes in enumerate(all_changes)}
    check(taken_among(files), set(files))


# What may stand where it shouldn't in the parts of a workbook.
XML = st.sampled_from(
    [
        '<c r="A1"/>',
        '<c r="XFD1048576" t="s"><v>0</v></c>',
        '<c r="A3" t="s"><v>999999999</v></c>',
        '<c t="s"><v>-1</v></c>',
        '<c r="ZZZZZZ9999999999"><v>1</v></c>',
        '<c r="" t="n"><v>1e400</v></c>',
        '<c t="d"><v>9999-99-99T99:99:99</v></c>',
        '<c r="F2" s="1"><v>99999999999</v></c>',
        '<c s="1"><v>-1</v></c>',
        '<c t="e"><v>#REF!</v></c>',
        '<c t="b"><v>2</v></c>',
        "<c><f>1/0</f></c>",
        '<c t="str"><f>HYPERLINK("http://x","y")</f><v>y</v></c>',
        '<c><f t="shared" ref="A1:XFD1048576" si="0">A1</f><v>1</v></c>',
        '<row r="1">',
        '<row r="-5"/>',
        '<row r="99999999999"/>',
        "</row>",
        "</sheetData>",
        "<v>",
        "</c>",
        "]]>",
        "<!--",
        "<?x",
        "&#0;",
        "&#xD800;",
        "&x;",
        "&#x202E;",
        "<![CDATA[",
        "\x00",
        '<dimension ref="A1:XFD1048576"/>',
        '<dimension ref="B9:A1"/>',
        '<dimension ref=""/>',
        '<mergeCell ref="A1:XFD1048576"/>',
        '<mergeCell ref="A3:A2"/>',
        '<mergeCell ref="C1:C1048576"/>',
        '<mergeCell ref="A1:K1"/>',
        "<si><t>x</t></si>",
        "<si/>",
        "<si><r><t>",
        '<sheet name="" sheetId="0" r:id="s9"/>',
        '<sheet name="社区工作者9" sheetId="9" r:id="s1"/>',
        "../../../../etc/passwd",
        "x" * 5000,
        "9" * 50,
        "1e9",
        "<a>" * 3000,
        '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;">]>',
        "合计",
        "=1+1",
        "\u202e",
        "\ud83d\ude00",
    ]
)
MEMBERS = st.sampled_from(
    [
        *["xl/worksheets/sheet1.xml"] * 12,
        *["xl/sharedStrings.xml"] * 4,
        "xl/styles.xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "[Content_Types].xml",
    ]
)


def put_in(content: bytes, at: int, end: int, put: str) -> bytes:
    """Something between two tags, below the first."""
    pieces = re.split(rb"(?<=>)", content)
    at = at % len(pieces) + 1
    return b"".join([*pieces[:at], put.encode("utf-8", "surrogatepass"), *pieces[at:]])


def put_instead(content: bytes, at: int, end: int, put: str) -> bytes:
    """Something in the place of a text or of an attribute's value."""
    found = list(re.finditer(rb"(?<=>)[^<]+|(?<=\")[^\"<>]*(?=\")", content))
    if not found:
        return content
    one = found[at % len(found)]
    return content[: one.start()] + put.encode("utf-8", "surrogatepass") + content[one.end() :]


def swapped(content: bytes, at: int, end: int, put: str) -> bytes:
    """Two tags, each in the place of the other."""
    pieces = re.split(rb"(?<=>)", content)
    one, other = at % len(pieces), end % len(pieces)
    pieces[one], pieces[other] = pieces[other], pieces[one]
    return b"".join(pieces)


def doubled(content: bytes, at: int, end: int, put: str) -> bytes:
    pieces = re.split(rb"(?<=>)", content)
    at, end = sorted((at % len(pieces), end % len(pieces)))
    return b"".join([*pieces[:end], *pieces[at:end], *pieces[end:]])


def as_bytes(way: Callable[..., bytes]) -> Callable[..., bytes]:
    return lambda content, at, end, put: way(content, at, end, put.encode("utf-8", "surrogatepass"))


XML_WAYS = st.sampled_from(
    [*[put_in] * 4, *[put_instead] * 6, swapped, doubled, as_bytes(flipped), as_bytes(without), as_bytes(cut_off)]
)
XLSX_CHANGES = st.lists(st.tuples(MEMBERS, XML_WAYS, PLACE, PLACE, XML), min_size=1, max_size=3)
# Most files are spoilt in their parts only, some in the archive around these.
ZIP_CHANGES = st.one_of(
    *[st.just([])] * 7,
    st.lists(
        st.tuples(st.sampled_from([flipped, flipped, inserted, without, cut_off]), PLACE, PLACE, BYTES),
        min_size=1,
        max_size=2,
    ),
)


@functools.cache
def right_parts() -> dict[str, bytes]:
    """The parts of a workbook of a title, a header, two workers, and all that a sheet may have besides."""
    with tempfile.TemporaryDirectory() as folder:
        book = xlsxwriter.Workbook(Path(folder) / "book.xlsx")
        page, day = book.add_worksheet("名册"), book.add_format({"num_format": "yyyy/m/d"})
        page.merge_range(0, 0, 0, 10, "社区工作者名册")
        page.write_row(1, 0, COLUMNS)
        for at in (2, 3):
            page.write_row(at, 0, [f"W{at}", "张三丰", "", "", "男"])
            page.write_datetime(at, 5, datetime(1990, 3, 5), day)
            page.write_row(at, 6, ["大专", int(URBAN), "书记"])
            page.write_formula(at, 9, "=DATE(2020,1,1)", day, 43831)
        page.merge_range(2, 11, 3, 11, "合")
        book.close()
        with zipfile.ZipFile(Path(folder) / "book.xlsx") as archive:
            return {name: archive.read(name) for name in archive.namelist()}


def spoilt(changes: list[tuple[str, Callable[..., bytes], int, int, str]]) -> bytes:
    parts = dict(right_parts())
    for name, way, at, end, put in changes:
        parts[name] = way(parts[name] or b"<a>", at, end, put)
    return zipped(parts, level=1)


@many
@given(st.lists(st.tuples(XLSX_CHANGES, ZIP_CHANGES), min_size=AT_ONCE, max_size=AT_ONCE))
def test_a_workbook_spoilt_in_any_way(all_changes):
    files = {
        f"社区工作者{at:02}.xlsx": changed(spoilt(in_parts), in_archive)
        for at, (in_parts, in_archive) in enumerate(all_changes)
    }
    # A cell far away is more than memory holds.
    check(taken_among(files), set(files), falls=1)


SHAPE = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"area_code": code},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[107.1, 35.1], [107.2, 35.1], [107.2, 35.2], [107.1, 35.1]]],
                },
            }
            for code in (URBAN, "621002001")
        ],
    }
).encode()
JSON = st.sampled_from(
    [
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"9" * 5000,
        b"null",
        b"true",
        b'"x"',
        b"{}",
        b"[]",
        b"[[[]]]",
        b"," * 10,
        b'"\\ud800"',
        b"\xed\xa0\x80",
        b"[" * 990 + b"]" * 990,
        b"[" * 5000,
        b'{"a":' * 900 + b"0" + b"}" * 900,
        b'"coordinates":[[[1,2],[1,2]]]',
        b"[107.1,35.1,0,0,0]",
        b"[1e308,-1e308]",
        b'"properties":null',
        b'"geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[]}]}',
        b'"type":"MultiPolygon"',
        b"\0",
        b"\xff\xfe",
        b"/*",
        b"621002001",
        b"\\u0000",
    ]
)
JSON_PIECES = re.compile(rb"\"[^\"]*\"|-?[\d.]+|[\[\]{},:]")


def json_instead(content: bytes, at: int, end: int, put: bytes) -> bytes:
    """Something in the place of a text, a number or a sign."""
    found = list(JSON_PIECES.finditer(content))
    if not found:
        return content
    one = found[at % len(found)]
    return content[: one.start()] + put + content[one.end() :]


@settings(many, max_examples=5)
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from([json_instead, json_instead, json_instead, inserted, without, cut_off]),
                PLACE,
                PLACE,
                JSON,
            ),
            min_size=1,
            max_size=3,
        ),
        min_size=AT_ONCE,
        max_size=AT_ONCE,
    )
)
def test_boundaries_spoilt_in_any_way(all_changes):
    files = {f"边界{at:02}.geojson": changed(SHAPE, changes) for at, changes in enumerate(all_changes)}
    check(taken_among(files), set(files), "shapes")


@functools.cache
def right_parquet(compression: str) -> bytes:
    out = io.BytesIO()
    pl.read_csv(of_roster(1), infer_schema=False).write_parquet(out, compression=compression)
    return out.getvalue()


@settings(many, max_examples=5)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["uncompressed", "zstd", "snappy"]),
            st.lists(
                st.tuples(
                    st.sampled_from([flipped, flipped, flipped, inserted, without, cut_off]), PLACE, PLACE, BYTES
                ),
                min_size=1,
                max_size=3,
            ),
        ),
        min_size=AT_ONCE,
        max_size=AT_ONCE,
    )
)
def test_a_parquet_file_spoilt_in_any_way(all_changes):
    files = {
        f"社区工作者{at:02}.parquet": changed(right_parquet(compression), changes)
        for at, (compression, changes) in enumerate(all_changes)
    }
    # The engine was not made for crafted files; that it falls costs those files only.
    check(taken_among(files), set(files), falls=AT_ONCE)
