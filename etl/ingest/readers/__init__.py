"""Reads files into text cells, with the row and column that each cell stood in."""
