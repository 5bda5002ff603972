"""Reads the files of sql/: headers, statements, dimensions, and the tables that they depend on."""
