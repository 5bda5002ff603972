"""Builds versions of the warehouse and publishes them."""
