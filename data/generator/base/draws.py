"""Draws by quota: exact counts from weighted chances."""

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


def draw(rng: Random, items: Iterable[Item], count: int, weight: Callable[[Item], float]) -> list[Item]:
    """Draws exactly `count` different items, heavier ones more likely (Efraimidis and Spirakis 2006, A-Res).

    Raises ValueError where fewer than `count` items have a positive weight.
    """
    keyed = [(rng.random() ** (1 / weight(item)), index, item) for index, item in enumerate(items) if weight(item) > 0]
    if len(keyed) < count:
        raise ValueError(f"cannot draw {count} of {len(keyed)} eligible; lower the quota of this district")
    keyed.sort(key=lambda entry: (-entry[0], entry[1]))
    return [item for _, _, item in keyed[:count]]


def share_out(total: int, weights: Sequence[float]) -> list[int]:
    """Splits `total` into whole numbers in proportion to `weights` (largest remainder method)."""
    scale = total / sum(weights)
    parts = [int(weight * scale) for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (parts[index] - weights[index] * scale, index))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts
