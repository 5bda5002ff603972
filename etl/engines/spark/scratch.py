"""Exchanges rows between DuckDB and Spark, through a folder that both can reach or by copying between two folders."""

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
    """Describes the scratch space: `folder` is on this machine, `remote` the address that the cluster reads and writes.

    `remote` is None where both use `folder`.
    """

    folder: Path
    remote: str | None
    spark: SparkSession

    def address(self, name: str) -> str:
        """Returns the address at which Spark finds a table's folder."""
        # The scheme is explicit, because the cluster's default may be another file system.
        return f"{self.remote}/{name}" if self.remote else f"file://{self.folder.absolute()}/{name}"

    def upload(self, name: str) -> None:
        """Makes a table's folder that was written on this machine visible to the cluster."""
        if self.remote:
            path, files = self._remote(name)
            files.copyFromLocalFile(False, True, self._path(f"file://{self.folder.absolute()}/{name}"), path)

    def download(self, name: str) -> Path:
        """Returns a table's folder that Spark wrote, copied to this machine if necessary."""
        if self.remote:
            path, files = self._remote(name)
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            files.copyToLocalFile(False, path, self._path(f"file://{self.folder.absolute()}/{name}"), True)
        return self.folder / name

    def clear(self) -> None:
        """Removes the local folder and the remote one."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.remote:
            path, files = self._remote("")
            files.delete(path, True)

    def _remote(self, name: str) -> tuple[Any, Any]:
        """Returns Hadoop's path of a remote folder and its file system, as Spark itself is configured."""
        path = self._path(f"{self.remote}/{name}".rstrip("/"))
        return path, path.getFileSystem(self.spark.sparkContext._jsc.hadoopConfiguration())

    def _path(self, address: str) -> Any:
        # Java objects have no Python types.
        java: Any = self.spark.sparkContext._jvm
        return java.org.apache.hadoop.fs.Path(address)


def open_scratch(spark: SparkSession, folder: Path, remote: str | None) -> Scratch:
    """Returns an empty scratch space; deletes what a killed build left in `folder`. Each remote one is a new folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return Scratch(folder, f"{remote.rstrip('/')}/linli-{uuid.uuid4().hex}" if remote else None, spark)
