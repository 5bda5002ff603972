"""Draws the data quality page: reporting, checks and rejected rows."""
