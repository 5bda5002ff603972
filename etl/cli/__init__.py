"""Implements the command line, one module per group of related commands."""
