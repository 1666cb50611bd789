"""The Python service that this one replaces, by the same rules for its file: Flask, an exclusive flock on a
sidecar file for every increment, and a temporary file renamed over the counter file.

COUNTER_FILE names the file; COUNTER_FSYNC=true also flushes file and directory before the answer.
"""

import fcntl
import json
import os
from pathlib import Path

from flask import Flask, jsonify

COUNTER = Path(os.environ["COUNTER_FILE"])
LOCK = COUNTER.with_suffix(".lock")
FSYNC = os.environ.get("COUNTER_FSYNC") == "true"

app = Flask(__name__)


def load() -> int:
    try:
        return json.loads(COUNTER.read_text())["counter"]
    except FileNotFoundError:
        return 0


def save(count: int) -> None:
    temporary = COUNTER.with_suffix(".tmp")
    with open(temporary, "w") as file:
        json.dump({"counter": count}, file)
        file.flush()
        if FSYNC:
            os.fsync(file.fileno())
    os.replace(temporary, COUNTER)
    if FSYNC:
        sync_directory()


def sync_directory() -> None:
    directory = os.open(COUNTER.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@app.get("/")
def read():
    return jsonify(counter=load())


@app.post("/")
def increment():
    with open(LOCK, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        count = load() + 1
        save(count)
        return jsonify(counter=count)
