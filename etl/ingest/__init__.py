"""From a folder of what districts send to accepted rows, a list of files and a rejection list."""
