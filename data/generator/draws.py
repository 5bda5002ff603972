"""Drawing by quota: exact counts out of weighted chances."""

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


def draw(rng: Random, items: Iterable[Item], count: int, weight: Callable[[Item], float]) -> list[Item]:
    """Exactly `count` different items, heavier ones more likely (Efraimidis and Spirakis 2006, A-Res).

    Raises ValueError when fewer than `count` items weigh anything.
    """
    keyed = [(rng.random() ** (1 / weight(item)), index, item) for index, item in enumerate(items) if weight(item) > 0]
    if len(keyed) < count:
        raise ValueError(f"asked for {count} of {len(keyed)} eligible; lower the quota of this place")
    keyed.sort(key=lambda entry: (-entry[0], entry[1]))
    return [item for _, _, item in keyed[:count]]


def share_out(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers that add up to `total` in proportion to `weights` (largest remainder)."""
    scale = total / sum(weights)
    parts = [int(weight * scale) for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (parts[i] - weights[i] * scale, i))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts
