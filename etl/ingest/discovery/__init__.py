"""Finds the files of every district and the sheets in them, whatever else lies there."""
