"""Answers questions from the files of sql/: metrics, queries and alerts of an area, a period and filters."""
