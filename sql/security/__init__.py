"""Decides who sees which rows, and redacts what leaves the office. Escapes texts that people wrote."""
