"""Builds the same models with Spark, on this machine or a cluster, and writes the rows back into the open version."""

from __future__ import annotations

from etl.engines.spark.run import LOCAL_MASTER, Settings, build_models
from etl.engines.spark.session import SparkFailed, SparkMissing, require

__all__ = ["LOCAL_MASTER", "Settings", "SparkFailed", "SparkMissing", "build_models", "require"]
