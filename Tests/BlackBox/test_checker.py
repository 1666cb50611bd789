"""The checker of histories finds every kind of wrong, and nothing in what is right."""

from __future__ import annotations

import random

import pytest

from harness.linearizability import Call, violations


def post(start: float, end: float, number: int | None) -> Call:
    return Call("POST", start, end, number)


def get(start: float, end: float, number: int | None) -> Call:
    return Call("GET", start, end, number)


def simulated(seed: int, calls: int = 400, clients: int = 8, lost: float = 0.1) -> tuple[list[Call], int]:
    """A history as a correct counter makes it: each call takes effect between its start and its end."""
    chance = random.Random(seed)
    free = [0.0] * clients
    planned = []
    for _ in range(calls):
        client = min(range(clients), key=lambda i: free[i])
        start = free[client] + chance.random()
        effect = start + chance.random()
        free[client] = effect + chance.random()
        planned.append((effect, chance.choice(["POST", "GET"]), start, free[client]))
    count, history = 0, []
    for _, method, start, end in sorted(planned):
        is_lost = method == "POST" and chance.random() < lost
        if method == "POST" and not (is_lost and chance.random() < 0.5):
            count += 1
        history.append(Call(method, start, end, None if is_lost else count))
    return history, count


RIGHT = {
    "nothing at all": ([], 0),
    "one after the other": ([post(0, 1, 1), get(2, 3, 1), post(4, 5, 2)], 2),
    "overlapping calls in either order": ([post(0, 9, 2), post(1, 8, 1), get(2, 7, 0), get(3, 6, 2)], 2),
    "a refused POST that was not counted": ([post(0, 1, None), post(2, 3, 1)], 1),
    "a refused POST that was counted": ([post(0, 1, None), post(2, 3, 2)], 2),
    "a lost POST that is counted later": ([post(0, 1, None), get(2, 3, 0), get(4, 5, 1)], 1),
}

WRONG = {
    "one number for two POSTs": ([post(0, 9, 1), post(0, 9, 1)], 1, "answered 1"),
    "a POST below one answered before": ([post(0, 1, 2), post(2, 3, 1)], 2, "had been answered"),
    "a POST with a number that a GET showed before": (
        [post(0, 9, 1), get(1, 2, 2), post(3, 4, 2)],
        2,
        "had been answered",
    ),
    "a GET that misses a POST answered before": ([post(0, 1, 1), get(2, 3, 0)], 1, "had been answered"),
    "a GET below another GET before": ([post(0, 9, 1), get(1, 2, 1), get(3, 4, 0)], 1, "had been answered"),
    "a GET of a number before its POST began": ([get(0, 1, 1), post(2, 3, 1)], 1, "began only later"),
    "a POST that leaves out a number": ([post(0, 1, 2)], 2, "asked for by nobody"),
    "a GET above all POSTs": ([post(0, 1, 1), get(2, 3, 2)], 1, "asked for by nobody"),
    "one refused POST counted twice": ([post(0, 1, None), post(2, 3, 3)], 3, "asked for by nobody"),
    "a refused POST counted before it began": ([get(0, 1, 1), post(2, 3, None)], 1, "asked for by nobody"),
    "an acknowledged number lost in the end": ([post(0, 1, 1), post(2, 3, 2)], 1, "was acknowledged, but"),
    "increments in the end that nobody made": ([post(0, 1, 1)], 2, "the count grew by 2"),
    "a POST answered with the count before it": ([post(0, 1, 0)], 0, "below the count"),
}


@pytest.mark.parametrize("history, final", RIGHT.values(), ids=RIGHT)
def test_a_right_history_passes(history: list[Call], final: int) -> None:
    assert violations(history, final=final) == []


@pytest.mark.parametrize("history, final, complaint", WRONG.values(), ids=WRONG)
def test_a_wrong_history_is_found(history: list[Call], final: int, complaint: str) -> None:
    found = violations(history, final=final)
    assert any(complaint in text for text in found), f"found only {found}"


@pytest.mark.parametrize("seed", range(20))
def test_what_a_correct_counter_answers_passes(seed: int) -> None:
    history, final = simulated(seed)
    assert violations(history, final=final) == []


@pytest.mark.parametrize("seed", range(20))
def test_one_answer_moved_out_of_its_time_is_found(seed: int) -> None:
    history, final = simulated(seed, lost=0)
    victim = random.Random(seed).choice([i for i, call in enumerate(history) if call.method == "POST"])
    call = history[victim]
    history[victim] = Call(call.method, 1e6, 1e6 + 1, call.number)
    assert violations(history, final=final), f"{call} was moved to the end, and nothing was found"


@pytest.mark.parametrize("seed", range(20))
def test_a_count_that_does_not_begin_at_zero_is_judged_from_there(seed: int) -> None:
    history, final = simulated(seed, lost=0)
    moved = [Call(c.method, c.start, c.end, None if c.number is None else c.number + 1000) for c in history]
    assert violations(moved, first=1000, final=final + 1000) == []
    assert violations(moved, first=999, final=final + 1000)
