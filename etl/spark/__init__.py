"""The same models built by Spark, on this machine or on a cluster, and written back into the open version."""

from __future__ import annotations

from etl.spark.run import LOCAL, Settings, build_models
from etl.spark.session import SparkFailed, SparkMissing, require

__all__ = ["LOCAL", "Settings", "SparkFailed", "SparkMissing", "build_models", "require"]
