"""Draws what only the partners page shows: lists, charts and the profile of one partner."""
