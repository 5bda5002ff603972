"""Reads files into text cells, with the row and column of each cell."""
