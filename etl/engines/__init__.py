"""Runs the models: on DuckDB, and on Spark as an extra; keeps their SQL portable between both."""
