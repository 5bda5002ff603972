"""How fast it is, measured against the same work done by hand: `make bench`."""
