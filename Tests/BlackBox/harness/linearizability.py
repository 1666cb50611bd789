"""Judges a history of calls to the counter: unique, ordered, never backwards, nothing from nowhere.

A POST that was answered with n is the n-th increment: the numbers themselves say in which order the server
put the POSTs, so that no search for an order is needed. What remains to be shown is that this order agrees
with real time, and that every GET fits into it. A POST that was refused with 503, or whose answer was lost,
may be counted once or never, at any time after its start.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True)
class Call:
    """One call of one client; times are of one monotonic clock."""

    method: str
    start: float
    end: float
    #: What it was answered with; None where it was refused or the answer was lost.
    number: int | None


def violations(history: Iterable[Call], first: int = 0, final: int | None = None) -> list[str]:
    """What in the history no correct counter could have answered; nothing, where all is well.

    `first` is the count before the first call, `final` the one after the last, where it is known.
    """
    calls = sorted(history, key=lambda call: call.start)
    posts = [call for call in calls if call.method == "POST"]
    numbers = [call.number for call in posts if call.number is not None]
    return [
        *_repeated(numbers),
        *_out_of_range(calls, first),
        *_backwards(calls),
        *_from_nowhere(calls, posts, sorted(set(numbers)), first),
        *(_final(posts, numbers, first, final) if final is not None else []),
    ]


def _repeated(numbers: Sequence[int]) -> list[str]:
    return [f"{times} POSTs were answered {n}" for n, times in Counter(numbers).items() if times > 1]


def _out_of_range(calls: Sequence[Call], first: int) -> list[str]:
    return [
        f"{call} is below the count of {first} at the beginning"
        for call in calls
        if call.number is not None and call.number < first + (call.method == "POST")
    ]


def _backwards(calls: Sequence[Call]) -> list[str]:
    """Calls that began after another had ended, and do not see what that one saw."""
    answered = sorted((call.end, call.number) for call in calls if call.number is not None)
    ends = [end for end, _ in answered]
    highest = list(accumulate((number for _, number in answered), max))
    found = []
    for call in calls:
        before = bisect_left(ends, call.start)
        if call.number is None or before == 0:
            continue
        least = highest[before - 1] + (call.method == "POST")
        if call.number < least:
            found.append(f"{call} began when {highest[before - 1]} had been answered already")
    return found


def _from_nowhere(
    calls: Sequence[Call], posts: Sequence[Call], numbers: Sequence[int], first: int
) -> list[str]:
    """Answers with a number for which too few POSTs had begun by then.

    Of the numbers up to the answer, each is some POST's: one that was answered with it and had begun, or one
    of those that were never answered and had begun.
    """
    starts = {call.number: call.start for call in posts if call.number is not None}
    unanswered = [call.start for call in posts if call.number is None]
    found = []
    for call in calls:
        if call.number is None:
            continue
        known = bisect_right(numbers, call.number)
        missing = call.number - first - known
        if missing > bisect_right(unanswered, call.end):
            found.append(f"{call}: {missing} of the increments up to {call.number} were asked for by nobody")
        latest = numbers[known - 1] if known else first
        if known and starts[latest] > call.end:
            found.append(f"{call} has a number whose POST began only later, at {starts[latest]}")
    return found


def _final(posts: Sequence[Call], numbers: Sequence[int], first: int, final: int) -> list[str]:
    unanswered = len(posts) - len(numbers)
    distinct = len(set(numbers))
    found = []
    if final < max(numbers, default=first):
        found.append(f"{max(numbers)} was acknowledged, but the count is {final} in the end")
    if not distinct <= final - first <= distinct + unanswered:
        found.append(
            f"the count grew by {final - first}; {distinct} POSTs were acknowledged, {unanswered} were not"
        )
    return found
