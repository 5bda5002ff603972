"""Implements the command line, a module for commands that belong together."""
