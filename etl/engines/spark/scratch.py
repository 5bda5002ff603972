"""Where rows lie between DuckDB and Spark: a folder that both can reach, or one of theirs each with copies between."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True)
class Scratch:
    """`folder` is on this machine; `remote`, where there is one, is the address that the cluster reads and writes
    at."""

    folder: Path
    remote: str | None
    spark: SparkSession

    def address(self, name: str) -> str:
        """The address that Spark knows a table's folder by."""
        # Named in full: a cluster's own default may be another file system.
        return f"{self.remote}/{name}" if self.remote else f"file://{self.folder.absolute()}/{name}"

    def upload(self, name: str) -> None:
        """Has the cluster see a table's folder that was written on this machine."""
        if self.remote:
            path, files = self._remote(name)
            files.copyFromLocalFile(False, True, self._path(f"file://{self.folder.absolute()}/{name}"), path)

    def download(self, name: str) -> Path:
        """A table's folder that Spark wrote, on this machine."""
        if self.remote:
            path, files = self._remote(name)
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            files.copyToLocalFile(False, path, self._path(f"file://{self.folder.absolute()}/{name}"), True)
        return self.folder / name

    def clear(self) -> None:
        """Removes everything, here and there."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.remote:
            path, files = self._remote("")
            files.delete(path, True)

    def _remote(self, name: str) -> tuple[Any, Any]:
        """Hadoop's path of a remote folder and the file system that it is in: whichever Spark itself is set up for."""
        path = self._path(f"{self.remote}/{name}".rstrip("/"))
        return path, path.getFileSystem(self.spark.sparkContext._jsc.hadoopConfiguration())

    def _path(self, address: str) -> Any:
        # What Java gives has no types.
        java: Any = self.spark.sparkContext._jvm
        return java.org.apache.hadoop.fs.Path(address)


def open_scratch(spark: SparkSession, folder: Path, remote: str | None) -> Scratch:
    """An empty scratch; `folder` and what a killed build left in it is removed. A remote one is a new folder of its
    own."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return Scratch(folder, f"{remote.rstrip('/')}/linli-{uuid.uuid4().hex}" if remote else None, spark)
