"""Draws the pages' parts, from the lowest layer up: i18n, theme, shell, kit, charts and maps, subjects, frame."""
