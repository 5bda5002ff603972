"""Handles who uses a page and what it is about: the user, the scope in the URL, filters, views and selections."""
