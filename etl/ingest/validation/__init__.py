"""Checks rows against their contract, against each other and against other tables."""
