"""Whatever a file holds, it is loaded or refused with a reason, and the next file is read normally."""

from __future__ import annotations

import functools
import io
import json
import random
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import polars as pl
import xlsxwriter

from etl.ingest.pipeline import IngestResult, ingest_folder
from tests.helpers.depth import examples
from tests.helpers.ingest.hostile_source import COLUMNS, zip_parts
from tests.helpers.ingest.ingest_source import AREAS, MAN_1990, URBAN, WORKER_HEADER, worker, write

AT_ONCE = 40
GOOD = "社区工作者z.csv"
# A fault in some content: how, at which position, to which other, and with which bytes.
Way = Callable[..., bytes]
Change = tuple[Way, int, int, bytes]


def ingest_beside_good_file(files: dict[str, bytes]) -> IngestResult:
    """Ingests these files of a district, with a good one read after them."""
    files = {"行政区划.csv": AREAS.encode(), GOOD: (WORKER_HEADER + worker("好")).encode(), **files}
    with tempfile.TemporaryDirectory() as folder:
        return ingest_folder(write(Path(folder), {f"西峰区/{name}": content for name, content in files.items()}), None)


def faults(intake: IngestResult, names: set[str], table: str = "workers", falls: int = 0) -> Iterator[tuple[str, str]]:
    """Yields the violations by file: each file is loaded or has a reason, each row is loaded, a repeat or has a reason,
    and the good file is untouched; the parsing process may have to be restarted for at most `falls` files.
    """
    for name in {"行政区划.csv", GOOD, *names} - set(intake.files["file"]):
        yield name, "not listed"
    (good,) = intake.files.filter(pl.col("file") == GOOD).iter_rows(named=True)
    if (good["status"], good["rows_read"], good["rows_loaded"]) != ("loaded", 1, 1):
        yield GOOD, f"a good file: {good}"
    refused = intake.rejects.group_by("file", "sheet").agg(pl.col("row_number").drop_nulls().n_unique())
    refused = {(file, name): count for file, name, count in refused.iter_rows()}
    tables = [intake.tables[name].select("source_file", "source_sheet") for name in {"workers", table}]
    loaded = pl.concat(tables).group_by("source_file", "source_sheet").len()
    loaded = {(file, name): count for file, name, count in loaded.iter_rows()}
    for row in intake.files.iter_rows(named=True):
        place = row["file"], row["sheet"]
        if row["rows_read"] != row["rows_loaded"] + row["rows_rejected"] + row["rows_duplicate"]:
            yield row["file"], f"rows lost: {row}"
        if row["rows_rejected"] != refused.get(place, 0):
            yield row["file"], f"rejected without a reason: {row}"
        if row["status"] == "loaded":
            if row["rows_loaded"] != loaded.get(place, 6 if row["file"] == "行政区划.csv" else 0):
                yield row["file"], f"not loaded: {row}"
        elif not re.search(r"[一-鿿]", row["message_zh"] or "") or len(row["message_en"] or "") <= 20:
            yield row["file"], f"without a message: {row}"
    speechless = intake.rejects.filter(
        ~pl.col("reason_zh").str.contains(r"\p{Han}").fill_null(False) | (pl.col("reason_en").str.len_chars() < 10)
    )
    for row in speechless.iter_rows(named=True):
        yield row["file"], f"a row refused without words: {row}"
    fell = intake.files.filter(pl.col("message_en").str.contains("the parser fell|reading took over"))
    if fell.height > falls:
        for name in fell["file"]:
            yield name, "the parser fell"


def check(files: dict[str, tuple[bytes, object]], table: str = "workers", falls: int = 0) -> None:
    """Ingests the files (content and faults by name) in batches; asserts that there are no violations, and names all of
    them.
    """
    found, names = [], list(files)
    for start in range(0, len(names), AT_ONCE):
        some = set(names[start : start + AT_ONCE])
        intake = ingest_beside_good_file({name: files[name][0] for name in sorted(some)})
        found += [(fault, files.get(name, (b"", name))[1]) for name, fault in faults(intake, some, table, falls)]
    assert found == []


def place(chance: random.Random) -> int:
    return chance.randrange(2**16)


def change(chance: random.Random, way: Way, put: bytes) -> Change:
    return way, place(chance), place(chance), put


def readable(changes: Iterable[tuple[object, ...]]) -> list[list[object]]:
    """Returns changes as a failure shows them."""
    return [[getattr(part, "__name__", part) for part in each] for each in changes]


# Bytes that a file may be corrupted with.
BYTES = (
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
    """Re-encodes the content, or as much of it as the other encoding can hold."""
    return content.decode("utf-8", "replace").encode(ENCODINGS[at % len(ENCODINGS)], "replace")


CSV_WAYS = (flipped, without, inserted, cut_off, repeated, shuffled, delimited, spoken)


def changed(content: bytes, changes: Iterable[Change]) -> bytes:
    for way, at, end, put in changes:
        content = way(content or b"x", at, end, put)
    return content or b" "


def of_roster(number: int) -> bytes:
    lines = (worker(f"W{number}-{at}", id_number=(MAN_1990, "")[at % 2], phone="13812345678") for at in range(4))
    return (WORKER_HEADER + "".join(lines)).encode()


def test_a_csv_corrupted_in_any_way():
    chance = random.Random(1)
    # Every kind of byte, every encoding, every other fault; then several faults at a time.
    spoilt = [[change(chance, inserted, put)] for put in BYTES]
    spoilt += [[(spoken, number, 0, b"")] for number in range(len(ENCODINGS))]
    spoilt += [[change(chance, way, chance.choice(BYTES))] for way in CSV_WAYS if way not in (inserted, spoken)]
    while len(spoilt) < examples(len(spoilt), 1000):
        times = chance.randint(1, 4)
        spoilt.append([change(chance, chance.choice(CSV_WAYS), chance.choice(BYTES)) for _ in range(times)])
    assert {way for changes in spoilt for way, *_ in changes} == set(CSV_WAYS)
    check({f"社区工作者{at:04}.csv": (changed(of_roster(at), each), readable(each)) for at, each in enumerate(spoilt)})


# Values that may be misplaced in the parts of a workbook.
XML = tuple(
    text.encode("utf-8", "surrogatepass")
    for text in (
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
    )
)
SHEET = "xl/worksheets/sheet1.xml"
MEMBERS = (
    SHEET,
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "[Content_Types].xml",
)


def put_in(content: bytes, at: int, end: int, put: bytes) -> bytes:
    """Inserts something between two tags, below the first."""
    pieces = re.split(rb"(?<=>)", content)
    at = at % len(pieces) + 1
    return b"".join([*pieces[:at], put, *pieces[at:]])


def put_instead(content: bytes, at: int, end: int, put: bytes) -> bytes:
    """Replaces a text or an attribute's value."""
    found = list(re.finditer(rb"(?<=>)[^<]+|(?<=\")[^\"<>]*(?=\")", content))
    if not found:
        return content
    one = found[at % len(found)]
    return content[: one.start()] + put + content[one.end() :]


def swapped(content: bytes, at: int, end: int, put: bytes) -> bytes:
    """Swaps two tags."""
    pieces = re.split(rb"(?<=>)", content)
    one, other = at % len(pieces), end % len(pieces)
    pieces[one], pieces[other] = pieces[other], pieces[one]
    return b"".join(pieces)


def doubled(content: bytes, at: int, end: int, put: bytes) -> bytes:
    pieces = re.split(rb"(?<=>)", content)
    at, end = sorted((at % len(pieces), end % len(pieces)))
    return b"".join([*pieces[:end], *pieces[at:end], *pieces[end:]])


XML_WAYS = (put_in, put_instead, swapped, doubled, flipped, without, cut_off)
# Faults of the archive around the parts.
ZIP_WAYS = (flipped, inserted, without, cut_off)


@functools.cache
def right_parts() -> dict[str, bytes]:
    """Returns the parts of a workbook with a title, a header, two workers, and everything else a sheet may have."""
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


def spoilt(changes: list[tuple[str, *Change]]) -> bytes:
    parts = dict(right_parts())
    for name, way, at, end, put in changes:
        parts[name] = way(parts[name] or b"<a>", at, end, put)
    return zip_parts(parts, level=1)


def test_a_workbook_corrupted_in_any_way():
    chance = random.Random(2)
    # Every kind of byte, every fault in every part, every fault around them; then several faults at a time.
    spoilt_parts = [
        [((SHEET, SHEET, MEMBERS[1])[at % 3], *change(chance, (put_in, put_instead)[at % 2], put))]
        for at, put in enumerate(XML)
    ]
    spoilt_parts += [[(member, *change(chance, way, chance.choice(XML)))] for member in MEMBERS for way in XML_WAYS]
    files = [(parts, []) for parts in spoilt_parts]
    files += [([], [change(chance, way, chance.choice(BYTES))]) for way in ZIP_WAYS]
    while len(files) < examples(len(files), 1000):
        members = chance.choices(MEMBERS, (12, 4, 1, 1, 1, 1), k=chance.randint(1, 3))
        ways = chance.choices(XML_WAYS, (4, 6, 1, 1, 1, 1, 1), k=len(members))
        parts = [(member, *change(chance, way, chance.choice(XML))) for member, way in zip(members, ways, strict=True)]
        times = chance.choice((0, 0, 0, 0, 0, 0, 0, 1, 2))
        files.append((parts, [change(chance, chance.choice(ZIP_WAYS), chance.choice(BYTES)) for _ in range(times)]))
    assert {(member, way) for parts, _ in files for member, way, *_ in parts} == {
        (member, way) for member in MEMBERS for way in XML_WAYS
    }
    check(
        {
            f"社区工作者{at:04}.xlsx": (changed(spoilt(parts), archive), readable([*parts, *archive]))
            for at, (parts, archive) in enumerate(files)
        },
        # A cell far away needs more memory than there is.
        falls=1,
    )


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
JSON = (
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
)
JSON_PIECES = re.compile(rb"\"[^\"]*\"|-?[\d.]+|[\[\]{},:]")


def json_instead(content: bytes, at: int, end: int, put: bytes) -> bytes:
    """Replaces a text, a number or a delimiter."""
    found = list(JSON_PIECES.finditer(content))
    if not found:
        return content
    one = found[at % len(found)]
    return content[: one.start()] + put + content[one.end() :]


JSON_WAYS = (json_instead, inserted, without, cut_off)


def test_boundaries_corrupted_in_any_way():
    chance = random.Random(3)
    spoilt = [[change(chance, json_instead, put)] for put in JSON]
    spoilt += [[change(chance, way, chance.choice(JSON))] for way in JSON_WAYS if way is not json_instead]
    while len(spoilt) < examples(len(spoilt), 200):
        ways = chance.choices(JSON_WAYS, (3, 1, 1, 1), k=chance.randint(1, 3))
        spoilt.append([change(chance, way, chance.choice(JSON)) for way in ways])
    files = {f"边界{at:04}.geojson": (changed(SHAPE, each), readable(each)) for at, each in enumerate(spoilt)}
    check(files, "shapes")


@functools.cache
def right_parquet(compression: str) -> bytes:
    out = io.BytesIO()
    pl.read_csv(of_roster(1), infer_schema=False).write_parquet(out, compression=compression)
    return out.getvalue()


COMPRESSIONS = ("uncompressed", "zstd", "snappy")
PARQUET_WAYS = (flipped, inserted, without, cut_off)


def test_a_parquet_file_corrupted_in_any_way():
    chance = random.Random(4)
    spoilt = [
        (compression, [change(chance, way, chance.choice(BYTES))])
        for compression in COMPRESSIONS
        for way in PARQUET_WAYS
    ]
    while len(spoilt) < examples(len(spoilt), 200):
        ways = chance.choices(PARQUET_WAYS, (3, 1, 1, 1), k=chance.randint(1, 3))
        spoilt.append((chance.choice(COMPRESSIONS), [change(chance, way, chance.choice(BYTES)) for way in ways]))
    files = {
        f"社区工作者{at:04}.parquet": (changed(right_parquet(compression), each), [compression, *readable(each)])
        for at, (compression, each) in enumerate(spoilt)
    }
    # The engine was not made for crafted files; a crash costs those files only.
    check(files, falls=AT_ONCE)
