"""Draws the frame of charts, with their explanation, annotations and data, and captures what was drawn."""
