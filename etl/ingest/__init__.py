"""Ingests the files that districts send: returns accepted rows, a list of files and a rejection list."""
