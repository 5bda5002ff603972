"""Draws what pages are made of, from the lowest layer up: i18n and theme, shell, kit, charts and maps, subjects, frame."""
