"""Holds the texts of pages in both languages, and the names of values and areas."""
