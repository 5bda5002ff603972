"""The Spark session that a build runs in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sql.errors import LinliError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_OLDEST_JAVA = 17
# What makes Spark compute as DuckDB does, and keep quiet.
_ALIKE = {
    # Times are what a clock on the wall showed; in UTC no hour is skipped or comes twice.
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    # Areas are climbed by a recursive query: as many rows as areas and those above them.
    "spark.sql.cteRecursionRowLimit": "100000000",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
# On this machine alone: as much memory as DuckDB may have, no server that anybody could reach.
_LOCAL = {
    "spark.driver.memory": "4g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": str(os.cpu_count() or 1),
}


class SparkMissing(LinliError):
    """What the Spark engine needs is not on this machine."""


class SparkFailed(LinliError):
    """Spark could not begin, or could not build a model."""


def require() -> None:
    """Raises SparkMissing where pyspark or Java is not there, with what to install."""
    try:
        import pyspark  # noqa: F401
    except ImportError as error:
        raise SparkMissing(
            "没有安装 pyspark；请运行 python -m pip install -r requirements-spark.txt，或改用 --engine duckdb",
            "pyspark is not installed; run python -m pip install -r requirements-spark.txt, or use --engine duckdb",
        ) from error
    _see_to_java()


@contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """A Spark session at a master such as `local[*]` or `spark://host:7077`; one that is open already is used and left
    open.

    Raises SparkMissing as `require`, and SparkFailed where Spark does not begin.
    """
    require()
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    if open_already := SparkSession.getActiveSession():
        yield open_already
        return
    builder = SparkSession.builder.appName("linli").master(master)
    for key, value in {**_ALIKE, **(_LOCAL if master.startswith("local") else {})}.items():
        builder = builder.config(key, value)
    try:
        spark = builder.getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        words = first_line(error)
        raise SparkFailed(
            f"Spark 没有启动（master {master}）：{words}；请检查 --master 和集群是否可达",
            f"Spark did not begin (master {master}): {words}; check --master, and whether the cluster can be reached",
        ) from error
    try:
        spark.sparkContext.setLogLevel("ERROR")
        yield spark
    finally:
        spark.stop()


def _see_to_java() -> None:
    """Raises SparkMissing where there is no Java, or one that is too old."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=os.path.join(home, "bin") if home else None)
    said = ""
    if java:
        said = subprocess.run([java, "-version"], capture_output=True, text=True).stderr  # noqa: S603  Java as it is found
    version = re.search(r'version "(?:1\.)?(\d+)', said)
    if version is None or int(version[1]) < _OLDEST_JAVA:
        found = version[0] if version else "–"
        raise SparkMissing(
            f"Spark 需要 Java {_OLDEST_JAVA} 以上，找到：{found}；请安装（如 apt-get install openjdk-17-jre-headless）"
            "并让 JAVA_HOME 或 PATH 指向它，或改用 --engine duckdb",
            f"Spark needs Java {_OLDEST_JAVA} or newer, found: {found}; "
            "install it (apt-get install openjdk-17-jre-headless, for instance) and have JAVA_HOME or PATH lead to it, "
            "or use --engine duckdb",
        )


def first_line(error: Exception) -> str:
    """What an error of Spark says, without the Java lines that follow."""
    java = getattr(error, "java_exception", None)
    return str(java if java is not None else error).strip().split("\n")[0]
