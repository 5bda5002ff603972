"""Lists the files of sql/ and finds what they depend on: definitions, dimensions, and the tables beneath them."""
