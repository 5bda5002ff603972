"""Every model is the same whether DuckDB or Spark builds it; one Spark session serves all of these tests."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from etl.build import rows_folder
from etl.build.build import build_rows
from etl.build.models import MATERIALIZATIONS, order_models
from etl.cli.app import main
from etl.engines import spark
from etl.engines.spark.session import session
from sql import warehouse
from sql.paths import PROJECT
from sql.quality import published_figures
from sql.semantic.catalog import catalog
from sql.warehouse import Version
from tests.helpers.portability_cases import AGGREGATE_CASES, ROW_CASES
from tests.helpers.warehouse import random_rows

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MASTER = "local[2]"
SEED = 2026


@pytest.fixture(scope="module")
def shared() -> Iterator[SparkSession]:
    """Keeps one session open, which builds find and leave open."""
    with pytest.MonkeyPatch.context() as environment:
        # In so short a run, half the time would go into optimising the JVM's code: compile it quickly instead.
        environment.setenv(
            "JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC"
        )
        with session(MASTER) as open_session:
            yield open_session


def differences(one: Version, other: Version) -> dict[str, list[tuple]]:
    """Returns, by model, the pairs of rows that differ between two versions."""
    found = {}
    with closing(duckdb.connect()) as both:
        both.execute(f"attach '{one.path}' as one (read_only); attach '{other.path}' as other (read_only)")
        for file in order_models(catalog.current_files()):
            table = f'{MATERIALIZATIONS[file.folder][0]}."{file.name}"'
            only = [
                both.execute(
                    f"select * from (from {this}.{table} except all from {that}.{table}) order by all"
                ).fetchall()
                for this, that in (("one", "other"), ("other", "one"))
            ]
            if unlike := unequal(*only):
                found[file.path] = unlike
            described = [both.execute(f"describe {name}.{table}").fetchall() for name in ("one", "other")]
            assert described[0] == described[1], file.path
    return found


def unequal(these: list[tuple], those: list[tuple]) -> list[tuple]:
    """Returns the pairs of rows that differ; None stands for a row that one side lacks."""
    pairs = zip_longest(sorted(these, key=order), sorted(those, key=order))
    return [(this, that) for this, that in pairs if this is None or that is None or not all(map(alike, this, that))]


def order(row: tuple) -> tuple:
    """Sorts rows by everything but their fractions, and then by those, as far as they can't differ by chance."""
    return (
        tuple("" if isinstance(value, float) else repr(value) for value in row),
        tuple(f"{value:.6g}" for value in row if isinstance(value, float)),
    )


def alike(this: object, that: object) -> bool:
    """Returns true where two values are the same, a fraction to 1e-9 of its size."""
    if isinstance(this, float) and isinstance(that, float):
        return math.isclose(this, that, rel_tol=1e-9) or (math.isnan(this) and math.isnan(that))
    return this == that


@pytest.mark.spark
def test_every_model_of_the_demo_is_the_same(shared: SparkSession, demo: Version, tmp_path: Path) -> None:
    with closing(duckdb.connect(str(demo.path), read_only=True)) as connection:
        rows_folder.write_rows(connection, tmp_path / "rows", "demo", demo.data_date, demo.declared_day)
    engine = partial(spark.build_models, spark.Settings(MASTER))
    report = build_rows(tmp_path / "rows", tmp_path / "warehouse", engine=engine)
    by_spark = warehouse.current_version(tmp_path / "warehouse")
    assert differences(demo, by_spark) == {}
    assert (report.model_count, report.built_count) == (
        len(order_models(catalog.current_files())),
        len([file for file in order_models(catalog.current_files()) if file.folder != "staging"]),
    )
    # An ordinary version: its record, its checks, the published figures, and nothing left beside it.
    assert by_spark.data_date == demo.data_date
    checks = "select * from meta.checks order by name"
    assert by_spark.rows(checks).equals(demo.rows(checks))
    assert by_spark.rows("select count(*) from meta.sql_files").item() == len(catalog.current_files())
    compared = published_figures.compare(by_spark)
    assert compared.height == 98 and compared["is_met"].all()
    assert sorted(path.name for path in (tmp_path / "warehouse").iterdir()) == ["building.lock", "current", "versions"]


@pytest.mark.spark
def test_every_model_of_rows_made_at_random_is_the_same(
    shared: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = random_rows.write_rows(tmp_path / "rows", SEED)
    assert main(["build", "--rows", str(folder), "--warehouse", str(tmp_path / "duckdb")]) == 3
    # An address that only Hadoop understands, like an object store's: rows are copied there and back.
    store = tmp_path / "store"
    store.mkdir()
    shared.sparkContext._jsc.hadoopConfiguration().set("fs.viewfs.mounttable.store.link./data", f"file://{store}")
    # Reading so few rows takes less time than planning and compiling the query, as with the demo's.
    few = {
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.shuffle.partitions": "1",
    }
    for setting, value in few.items():
        shared.conf.set(setting, value)
    options = ["--engine", "spark", "--master", MASTER, "--scratch", "viewfs://store/data"]
    assert main(["build", "--rows", str(folder), "--warehouse", str(tmp_path / "spark"), *options]) == 3
    by_duckdb, by_spark = (warehouse.current_version(tmp_path / engine) for engine in ("duckdb", "spark"))
    assert differences(by_duckdb, by_spark) == {}
    assert list(store.iterdir()) == []
    # Empty rows would be equal too.
    counted = {
        file.name: by_spark.rows(f'select count(*) from main."{file.name}"').item()
        for file in order_models(catalog.current_files())
        if file.folder == "marts"
    }
    assert {name for name, count in counted.items() if count == 0} == set(random_rows.EMPTY_MARTS)
    assert "published" in capsys.readouterr().out


@pytest.mark.spark
def test_a_model_that_spark_cannot_build_is_named_and_nothing_is_published(
    shared: SparkSession, tmp_path: Path
) -> None:
    folder = random_rows.write_rows(tmp_path / "rows", SEED)
    for path, select in {
        "staging/workers.sql": "-- source: raw.workers\nselect worker_id from raw.workers",
        "marts/numbers.sql": "-- source_table: workers\nselect worker_id::bigint as number from staging.workers",
    }.items():
        (tmp_path / "sql" / path).parent.mkdir(parents=True)
        (tmp_path / "sql" / path).write_text(f"-- title: 试 | Try\n-- grain: worker\n{select}\n", encoding="utf-8")
    with pytest.raises(spark.SparkFailed, match=r"Spark could not build sql/marts/numbers.sql: .*CAST_INVALID_INPUT"):
        build_rows(
            folder,
            tmp_path / "warehouse",
            sql_root=tmp_path / "sql",
            engine=partial(spark.build_models, spark.Settings(MASTER)),
        )
    assert warehouse.version_names(tmp_path / "warehouse") == []
    assert sorted(path.name for path in (tmp_path / "warehouse").iterdir()) == ["building.lock", "versions"]


@pytest.mark.spark
def test_each_remedy_for_refused_sql_is_the_same(shared: SparkSession, tmp_path: Path) -> None:
    days = [date(2024, 2, 29), date(2024, 1, 31), date(1999, 12, 31), None, date(2023, 3, 1)]
    times = [
        datetime(2024, 2, 29, 23, 59, 59, 900_000),
        datetime(2024, 3, 1, 0, 0, 1),
        None,
        datetime(1986, 5, 4),
        datetime(2023, 1, 1),
    ]
    given = [
        (
            days[n],
            days[-n],
            times[n],
            times[-n],
            [2.5, -2.5, 0.285, None, 1e6][n],
            [0.0, 3.0, None, 7.0, -1.0][n],
            [1, 2, 3, 4, 7][n],
            [0, 3, None, -2, 5][n],
            ["banana", None, "中🤦🏼", "", "a"][n],
            ["丙", "甲", None, "乙", None][n],
            [["a", "b"], [], ["b"], ["a"], ["中"]][n],
        )
        for n in range(5)
    ]
    with closing(duckdb.connect(str(tmp_path / "given.duckdb"))) as connection:
        connection.execute(
            "create table given (d date, e date, t timestamp, u timestamp, x double, y double, i bigint, j bigint, "
            "s varchar, p varchar, l varchar[])"
        )
        connection.executemany("insert into given values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", given)
        connection.execute(f"copy given to '{tmp_path}/given.parquet' (format parquet)")
        shared.read.parquet(f"file://{tmp_path}/given.parquet").createOrReplaceTempView("given")
        for cases, of_each in ((ROW_CASES, "i, "), (AGGREGATE_CASES, "")):
            values = ", ".join(f"{good} as value_{number}" for number, (_, _, good) in enumerate(cases))
            statement = f"select {of_each}{values} from given"
            by_duckdb = connection.execute(statement).fetchall()
            translated = duckdb_to_spark(statement)
            by_spark = [tuple(row) for row in shared.sql(translated).collect()]
            assert unequal(by_duckdb, by_spark) == []


def duckdb_to_spark(statement: str) -> str:
    from sqlglot import transpile

    return transpile(statement, read="duckdb", write="spark")[0]


@pytest.mark.parametrize(
    ("hide", "words"),
    [
        (
            "import sys; sys.modules['pyspark'] = None",
            ["没有安装 pyspark", "python -m pip install -r requirements-spark.txt"],
        ),
        pytest.param(
            "import os; os.environ |= {'PATH': '', 'JAVA_HOME': '/nowhere'}",
            ["Spark 需要 Java 17 以上", "Spark needs Java 17 or newer"],
            # Java is looked for once pyspark is there.
            marks=pytest.mark.spark,
        ),
    ],
    ids=["no pyspark", "no Java"],
)
def test_missing_requirements_are_reported_before_anything_is_read(tmp_path: Path, hide: str, words: list[str]) -> None:
    code = f"{hide}\nimport sys\nfrom etl.cli.app import main\nsys.exit(main(sys.argv[1:]))"
    build = ["build", "--engine", "spark", "--warehouse", str(tmp_path / "warehouse")]
    for language, message in zip(("zh", "en"), words, strict=True):
        done = subprocess.run(
            [sys.executable, "-c", code, "--lang", language, *build],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 1
        assert message in done.stderr and "--engine duckdb" in done.stderr
    assert not (tmp_path / "warehouse").exists()


def test_a_master_belongs_to_spark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "--warehouse", str(tmp_path), "--master", "spark://host:7077"]) == 2
    assert "--master and --scratch belong to --engine spark" in capsys.readouterr().err
