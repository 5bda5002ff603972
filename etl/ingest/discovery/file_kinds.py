"""Checks a file's real kind: compares its first bytes with its suffix."""

from pathlib import Path

from etl.ingest.errors import FileError

EXCEL_SUFFIXES = {".xlsx", ".xls"}
READABLE_SUFFIXES = {".csv", ".parquet", ".geojson", *EXCEL_SUFFIXES}

_HEAD_BYTES = 4096
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC_BYTES = {
    _ZIP: ("Excel 工作簿 (.xlsx) 或压缩包", "an Excel workbook (.xlsx) or a zip archive"),
    _OLD_EXCEL: ("旧版或有密码的 Excel 工作簿", "an old or password-protected Excel workbook"),
    b"PAR1": ("Parquet 文件", "a Parquet file"),
    b"%PDF": ("PDF 文件", "a PDF file"),
    b"\x1f\x8b": ("压缩包 (gz)", "a compressed file (gz)"),
    b"Rar!": ("压缩包 (rar)", "an archive (rar)"),
    b"7z\xbc\xaf\x27\x1c": ("压缩包 (7z)", "an archive (7z)"),
}
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head", b"<body", b"<style", b"<div", b"<!--")
_EXPECTED_MAGIC_BYTES = {".xlsx": _ZIP, ".xls": _OLD_EXCEL, ".parquet": b"PAR1"}


def open_error(error: OSError) -> FileError:
    """Returns the error for a file that the operating system refuses to open."""
    return FileError(
        f"文件打不开：{error.strerror}；请检查权限后重试",
        f"the file can't be opened: {error.strerror}; check its permissions and try again",
    )


def check_file_kind(path: Path) -> None:
    """Raises FileError if a file can't be opened, is empty, or its content doesn't match its suffix."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise open_error(error) from error
    if not head:
        raise FileError(
            "文件是空的（0 字节）；请填好后重新报送", "the file is empty (0 bytes); fill it in and send it again"
        )
    suffix = path.suffix.lower()
    is_as_expected = suffix in _EXPECTED_MAGIC_BYTES and head.startswith(_EXPECTED_MAGIC_BYTES[suffix])
    kind = None if is_as_expected else _kind(head, suffix)
    if kind is None:
        return
    if suffix in EXCEL_SUFFIXES or suffix == ".csv":
        remedy = "用 Excel 打开后另存为 .xlsx", "open it in Excel and save it as .xlsx"
    else:
        remedy = f"从原来的软件重新导出为 {suffix}", f"export it again as {suffix}"
    raise FileError(
        f"扩展名是 {suffix}，内容却是{kind[0]}；只改扩展名不行，请{remedy[0]}",
        f"the file is named {suffix} but holds {kind[1]}; renaming it is not enough: {remedy[1]}",
    )


def _kind(head: bytes, suffix: str) -> tuple[str, str] | None:
    """Returns the kind of file these bytes start, in Chinese and English; None if they don't contradict the suffix."""
    for magic_bytes, kind in _MAGIC_BYTES.items():
        if head.startswith(magic_bytes):
            return kind
    text = head.removeprefix(b"\xef\xbb\xbf")
    if text.lstrip().lower().startswith(_MARKUP):
        return "网页或 XML 表格", "a web page or an XML table"
    if suffix in EXCEL_SUFFIXES and _is_text(text):
        return "文本", "plain text"
    return None


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    # Nearly any bytes decode as GB18030, so only control characters, which no text has, give binary content away.
    return not any(byte < 32 and byte not in b"\t\r\n\f" for byte in head)
