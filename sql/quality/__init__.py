"""Answers whether the data can be relied on: checks, rejected rows, reporting, published figures."""
