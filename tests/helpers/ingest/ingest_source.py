"""Writes and ingests source folders for tests of ingest: one district, its areas, and the files of the test."""

from pathlib import Path

from etl.ingest.pipeline import IngestResult, ingest_folder

AREAS = """区划代码,名称,级别,上级代码,是否城镇
62,甘肃省,省,,
621000,庆阳市,市,62,
621002,西峰区,区县,621000,
621002001,北街街道,街道,621002,
621002001001,东湖社区,社区,621002001,
621002001201,塬上村社区,社区,621002001,否
"""
URBAN, RURAL = "621002001001", "621002001201"
WORKER_HEADER = "社区工作者编号,姓名,身份证号,手机号,性别,出生日期,学历,社区代码,岗位,入职日期,离职日期\n"
# The example number of GB 11643, a woman born on 1949-12-31, and one computed for a man born on 1990-03-05.
WOMAN_1949, MAN_1990 = "11010519491231002X", "110105199003050032"


def worker(worker_id: str = "W1", **cells: str) -> str:
    """Returns a line of the roster for WORKER_HEADER, valid unless the test changes cells."""
    valid = {
        "worker_id": worker_id,
        "name": "张三丰",
        "id_number": "",
        "phone": "",
        "gender": "男",
        "birth_date": "1990-03-05",
        "education": "大专",
        "community_code": URBAN,
        "post": "书记",
        "hire_date": "2020-01-01",
        "leave_date": "",
    }
    return ",".join((valid | cells).values()) + "\n"


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Writes files, given by path relative to the folder, and returns the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def ingest_files(folder: Path, files: dict[str, str | bytes], **options) -> IngestResult:
    """Ingests a folder with these files of 西峰区 and its areas."""
    files = {"行政区划.csv": AREAS, **files}
    write(folder, {f"西峰区/{name}": content for name, content in files.items()})
    return ingest_folder(folder, None, **options)


def ingest_workers(folder: Path, *lines: str) -> IngestResult:
    """Ingests a roster of these lines."""
    return ingest_files(folder, {"社区工作者.csv": WORKER_HEADER + "".join(lines)})


def problem_cells(result: IngestResult) -> list[tuple[int | None, str | None, str | None]]:
    """Returns row, column and value of every problem."""
    return result.rejects.select("row_number", "column_name", "value").rows()


def counts(result: IngestResult, table: str) -> tuple[int, int, int, int]:
    """Returns the numbers of rows read, loaded, rejected and duplicate in a table's only file."""
    (row,) = result.files.filter(result.files["table_name"] == table).iter_rows(named=True)
    return row["rows_read"], row["rows_loaded"], row["rows_rejected"], row["rows_duplicate"]
