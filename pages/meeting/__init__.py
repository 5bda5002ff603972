"""Runs meetings: playlists of slides, the show on the screen, its remote control, and decisions."""
