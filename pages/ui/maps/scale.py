"""Assigns a map's colours, around a standard or from low to high, and draws the legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pages.ui.i18n import texts
from pages.ui.i18n.texts import _
from pages.ui.kit import status
from pages.ui.theme.colours import mix
from pages.ui.theme.theme import Palette
from sql.semantic.extremes import max_number, min_number
from sql.semantic.metrics import Metric

# Even the smallest distance from the standard differs visibly from the middle and from the other side.
_FIRST_STEP = 0.22


@dataclass(frozen=True)
class Scale:
    """Holds the colours for the rows of one metric (columns value, standard, status).

    `reach` is the greatest distance from the standard, None where no standard applies; then the colours run from `low`,
    the smallest value, to `high`.
    """

    metric: Metric
    palette: Palette
    low: float | None
    high: float | None
    reach: float | None
    standards: tuple[float, ...]
    statuses: frozenset[str]

    @classmethod
    def of(cls, rows: pl.DataFrame, metric: Metric, palette: Palette) -> Scale:
        """Returns the scale that spans the rows."""
        rated_rows = rows.filter(pl.col("status").is_in(["on_target", "below"]))
        values = rows["value"].drop_nulls()
        distances = (rated_rows["value"] - rated_rows["standard"]).abs()
        return cls(
            metric,
            palette,
            min_number(values) if len(values) else None,
            max_number(values) if len(values) else None,
            None if rated_rows.is_empty() else max_number(distances),
            tuple(rated_rows["standard"].round(metric.decimals).unique().sort()),
            frozenset(rows["status"]),
        )

    def fill(self, value: float | None, standard: float | None, status: str) -> str:
        """Returns the colour of one area."""
        if value is None:
            return self.palette.no_data
        if status == "none" and self.reach is not None:
            return self.palette.diverging[1]
        if status == "none":
            low = self.low or 0
            span = (self.high or 0) - low
            return mix(*self.palette.sequence, (value - low) / span if span else 0.5)
        below, middle, above = self.palette.diverging
        share = abs(value - standard) / self.reach if self.reach and standard is not None else 0
        end = below if status == "below" else above
        return mix(middle, end, _FIRST_STEP + (1 - _FIRST_STEP) * share)

    def legend(self) -> str:
        """Returns the colours with their numbers and words, as HTML."""
        parts = []
        if self.reach is not None:
            parts += [self._below(), _bar(self.palette.diverging), self._above()]
            if "none" in self.statuses:
                parts.append(f"{swatch(self.palette.diverging[1])} " + _("不适用标准"))
        elif self.low is not None:
            parts += self._from_low_to_high()
        if "no_data" in self.statuses:
            parts.append(f"{swatch(self.palette.no_data)} {status.label('no_data')}")
        if "held" in self.statuses:
            parts.append(f"{hatched_swatch(self.palette)} {status.word('held')}")
        return legend(parts, self.palette)

    def _from_low_to_high(self) -> list[str]:
        high = texts.amount(self.high, self.metric)
        if self.low == self.high:
            return [f"{swatch(mix(*self.palette.sequence, 0.5))} {high}"]
        return [texts.number(self.low, self.metric.decimals), _bar(self.palette.sequence), high]

    def _below(self) -> str:
        word = status.label("below")
        if len(self.standards) != 1 or not self.reach:
            return word
        end = self.standards[0] + (self.reach if self.metric.direction == "lower" else -self.reach)
        return f"{word} {texts.number(end, self.metric.decimals)}"

    def _above(self) -> str:
        word = status.label("on_target")
        if len(self.standards) != 1:
            return (
                word
                + " · "
                + _("中间为各地的标准 {low}–{high}").format(
                    low=texts.number(self.standards[0]), high=texts.number(self.standards[-1])
                )
            )
        standard = self.standards[0]
        decimals = 0 if standard == round(standard) else self.metric.decimals
        return word + " · " + _("中间为标准 {value}").format(value=texts.number(standard, decimals))


def legend(parts: Sequence[str], palette: Palette) -> str:
    """Returns bars, swatches and words in one wrapping line, as HTML."""
    items = "".join(f"<span>{part}</span>" for part in parts)
    return (
        f"<div style='display:flex;flex-wrap:wrap;gap:.2rem .6rem;align-items:center;font-size:.8rem;"
        f"color:{palette.muted}'>{items}</div>"
    )


def _bar(colours: tuple[str, ...]) -> str:
    return (
        f"<span style='display:inline-block;width:9rem;height:.6rem;border-radius:2px;vertical-align:middle;"
        f"background:linear-gradient(to right,{','.join(colours)})'></span>"
    )


def hatched_swatch(palette: Palette) -> str:
    """Returns a small hatched square, as HTML."""
    return (
        f"<span style='display:inline-block;width:.8rem;height:.6rem;border-radius:2px;vertical-align:middle;"
        f"background:repeating-linear-gradient(135deg,{palette.muted} 0 1px,{palette.no_data} 1px 4px);"
        f"outline:1px solid #8883'></span>"
    )


def swatch(colour: str) -> str:
    """Returns a small square of a colour, as HTML."""
    return (
        f"<span style='display:inline-block;width:.8rem;height:.6rem;border-radius:2px;vertical-align:middle;"
        f"background:{colour};outline:1px solid #8883'></span>"
    )
