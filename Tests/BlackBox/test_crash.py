"""kill -9 at random moments under load: what was acknowledged is there, once."""

from __future__ import annotations

import json
import os
import random
import time

import pytest

from harness.linearizability import violations
from harness.load import Load
from harness.program import free_port
from harness.sanitizer import NAME

ROUNDS = 25
CLIENTS = 12
SEED = 2026
#: Seconds from ready to the kill: from the first commit to some hundreds later.
SHORTEST, LONGEST = (0.0, 0.15) if not NAME else (0.0, 0.4)

pytestmark = pytest.mark.heavy


@pytest.mark.parametrize("shared", ["false", "true"])
def test_no_acknowledged_count_is_lost_or_repeated(start, shared: str) -> None:
    chance = random.Random(SEED)
    port = free_port()
    with Load([port], CLIENTS, reads=0.2) as load:
        for _ in range(ROUNDS):
            server = start(PORT=port, COUNTER_SHARED=shared).await_ready()
            time.sleep(chance.uniform(SHORTEST, LONGEST))
            server.kill()
            content = json.loads(start.file.read_text())
            assert content["counter"] >= 0, content
    server = start(COUNTER_SHARED=shared).await_ready()
    acknowledged, unknown = load.posts(), load.posts(answered=False)
    assert load.wrong == []
    assert acknowledged > ROUNDS, f"only {acknowledged} POSTs were acknowledged in {ROUNDS} rounds"
    assert unknown > 0, "no kill hit a POST: the load was too light to show anything"
    assert violations(load.history, final=server.get().count)[:5] == []
    server.stop()
    assert sorted(os.listdir(start.folder)) == ["counter.json", "counter.lock"]


def test_a_standby_takes_over_from_each_one_that_is_killed(start) -> None:
    ports = [free_port(), free_port()]
    leader, standby = start(PORT=ports[0]).await_ready(), start(PORT=ports[1])
    with Load(ports, CLIENTS, reads=0.2) as load:
        for _ in range(ROUNDS // 3):
            time.sleep(LONGEST)
            leader.kill()
            standby.await_ready()
            leader, standby = standby, start(PORT=leader.port)
    assert load.wrong == []
    assert load.posts() > ROUNDS, f"only {load.posts()} POSTs were acknowledged"
    assert violations(load.history, final=leader.get().count)[:5] == []
