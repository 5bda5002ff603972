"""Meetings: playlists of slides, the show on the screen and its remote control, and what was decided."""
