"""Opens the Spark session that a build runs in."""

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

_MIN_JAVA = 17
# Makes Spark compute like DuckDB, and keeps it quiet.
_SETTINGS = {
    # Times are local wall-clock times; in UTC no hour is skipped or repeated.
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    # A recursive query walks up the tree of areas: one row per area and ancestor.
    "spark.sql.cteRecursionRowLimit": "100000000",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
# For Spark on this machine: as much memory as DuckDB may use, and no port open to other machines.
_LOCAL_SETTINGS = {
    "spark.driver.memory": "4g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": str(os.cpu_count() or 1),
}


class SparkMissing(LinliError):
    """Signals that pyspark or Java is not installed on this machine."""


class SparkFailed(LinliError):
    """Signals that Spark could not start or could not build a model."""


def require() -> None:
    """Raises SparkMissing, with what to install, where pyspark or Java is missing."""
    try:
        import pyspark  # noqa: F401
    except ImportError as error:
        raise SparkMissing(
            "没有安装 pyspark；请运行 python -m pip install -r requirements-spark.txt，或改用 --engine duckdb",
            "pyspark is not installed; run python -m pip install -r requirements-spark.txt, or use --engine duckdb",
        ) from error
    _require_java()


@contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """Yields a Spark session at a master such as `local[*]` or `spark://host:7077`.

    A session that is already open is used and left open. Raises SparkMissing as `require` does, and SparkFailed where
    Spark does not start.
    """
    require()
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    if active_session := SparkSession.getActiveSession():
        yield active_session
        return
    builder = SparkSession.builder.appName("linli").master(master)
    for key, value in {**_SETTINGS, **(_LOCAL_SETTINGS if master.startswith("local") else {})}.items():
        builder = builder.config(key, value)
    try:
        spark = builder.getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        reason = first_line(error)
        raise SparkFailed(
            f"Spark 没有启动（master {master}）：{reason}；请检查 --master 和集群是否可达",
            f"Spark did not start (master {master}): {reason}; check --master and whether the cluster is reachable",
        ) from error
    try:
        spark.sparkContext.setLogLevel("ERROR")
        yield spark
    finally:
        spark.stop()


def _require_java() -> None:
    """Raises SparkMissing where Java is missing or too old."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=os.path.join(home, "bin") if home else None)
    output = ""
    if java:
        output = subprocess.run([java, "-version"], capture_output=True, text=True).stderr  # noqa: S603  Java from JAVA_HOME or PATH
    version = re.search(r'version "(?:1\.)?(\d+)', output)
    if version is None or int(version[1]) < _MIN_JAVA:
        java_version = version[0] if version else "–"
        raise SparkMissing(
            f"Spark 需要 Java {_MIN_JAVA} 以上，找到：{java_version}；"
            "请安装（如 apt-get install openjdk-17-jre-headless）并让 JAVA_HOME 或 PATH 指向它，或改用 --engine duckdb",
            f"Spark needs Java {_MIN_JAVA} or newer, found: {java_version}; "
            "install it (for instance apt-get install openjdk-17-jre-headless) and point JAVA_HOME or PATH to it, "
            "or use --engine duckdb",
        )


def first_line(error: Exception) -> str:
    """Returns the first line of a Spark error, without the Java stack trace."""
    java = getattr(error, "java_exception", None)
    return str(java if java is not None else error).strip().split("\n")[0]
