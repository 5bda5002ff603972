"""Writes briefings of a page or a playlist: slides, a document and a workbook with the same numbers."""
