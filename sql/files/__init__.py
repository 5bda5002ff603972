"""Reads single SQL files: their headers, their statements, and what is cached of them."""
