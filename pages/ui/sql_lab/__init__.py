"""Draws the SQL lab: editor, schema, answer and chart."""
