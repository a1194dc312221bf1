# SPDX-License-Identifier: GPL-2.0-only
"""
What a list of samples comes to: the bench's arithmetic, and nothing else.

p99 is the nearest rank: with fewer than 100 samples that is the largest one.
Ratios are of pairs (kernel by lcma), and their mean is the geometric one, so that
twice as fast and twice as slow cancel out. Its lower 95 % bound is a bootstrap's:
of 2000 means of pairs drawn with replacement, 5 % lie below it. The draws are the
same in every run.
"""

import math
import random

DRAWS = 2000


def median(values):
    ordered = sorted(values)
    half = len(ordered) // 2
    if not ordered:
        return None
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2


def percentile(values, percent):
    """Nearest rank: the least value that `percent` of 100 do not exceed."""
    ordered = sorted(values)
    if not ordered:
        return None
    rank = math.ceil(percent / 100 * len(ordered))
    return ordered[max(rank, 1) - 1]


def mean(values):
    return sum(values) / len(values) if values else None


def geometric_mean(values):
    if not values:
        return None
    return math.exp(sum(math.log(v) for v in values) / len(values))


def lower_bound(ratios, percent=5):
    """What the geometric mean exceeds in 95 of 100 draws."""
    if not ratios:
        return None
    chance = random.Random(1)
    logs = [math.log(r) for r in ratios]
    means = []
    for _ in range(DRAWS):
        draw = [logs[chance.randrange(len(logs))] for _ in logs]
        means.append(sum(draw) / len(draw))
    return math.exp(percentile(means, percent))


def ratios(numerators, denominators, keep=None):
    """Pair by pair; those that are not kept, or have no value, are left out."""
    out = []
    for i, (a, b) in enumerate(zip(numerators, denominators)):
        if (keep is None or keep[i]) and a > 0 and b > 0:
            out.append(a / b)
    return out
