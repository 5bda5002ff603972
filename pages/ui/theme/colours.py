"""Calculates colours: mixes two, makes one transparent, and picks a readable text colour."""

from __future__ import annotations

_INK = "#111111"


def rgb(colour: str) -> list[int]:
    """Returns #rrggbb as three numbers."""
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def mix(start: str, end: str, share: float) -> str:
    """Returns the colour at `share` of the way from `start` to `end`."""
    parts = zip(rgb(start), rgb(end), strict=True)
    return "#" + "".join(f"{round(first + (second - first) * share):02x}" for first, second in parts)


def readable_on(fill: str) -> str:
    """Returns black or white, whichever contrasts more with a fill (contrast as defined by WCAG 2)."""
    luminance = _luminance(fill)
    return "#ffffff" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / (_luminance(_INK) + 0.05) else _INK


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (number / 255 for number in rgb(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def with_opacity(colour: str, opacity: float = 0.22) -> str:
    """Returns a hex colour as rgba with that opacity."""
    red, green, blue = rgb(colour)
    return f"rgba({red},{green},{blue},{opacity})"
