"""Reads and runs the files of sql/: metrics, queries and alerts for an area, a period and filters."""
