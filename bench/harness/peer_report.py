"""The tables of a run of bench_peers.py: medians over its rounds, and of ratios within each round."""

from collections.abc import Callable
from pathlib import Path
from statistics import median

from . import table
from .peers import KINDS
from .processes import Failed

OURS = "counter-server"
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"


def report(result: dict) -> str:
    rounds = result["rounds"]
    about = ", ".join(f"{key} {value}" for key, value in result["machine"].items())
    parts = [
        f"{result['date']}, {len(rounds)} rounds of {result['seconds']} s. {about}.",
        *(part for cores in ("one", "all") for part in sections(rounds, cores)),
        "### Memory, start, size\n\n" + footprint(result), targets(rounds),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def sections(rounds: list[dict], cores: str) -> list[str]:
    loads = [load for load in rounds[0]["loads"] if load.startswith(cores)]
    if not loads:
        return []
    where = "one core, wrk on the other" if cores == "one" else "all cores, shared with wrk"
    return [
        f"### Requests per second, {where}\n\n" + grid(rounds, loads, "rate", table.count),
        f"### p99, {where}\n\n" + grid(rounds, loads, "p99", table.duration),
        f"### CPU seconds per 100,000 requests, {where}\n\n"
        + grid(rounds, loads, "cpu_per_100k", table.ratio),
        f"### How many times as fast {OURS} is, {where}\n\n" + ratio_grid(rounds, loads),
    ]


def names(rounds: list[dict]) -> list[str]:
    return [name for name in KINDS if name in rounds[0]["footprint"]]


def head(loads: list[str]) -> list[str]:
    return ["", *(load.partition(" ")[2] for load in loads)]


def values(rounds: list[dict], load: str, name: str, key: str) -> list[float]:
    return [found[key] for each in rounds if (found := each["loads"][load].get(name))]


def grid(rounds: list[dict], loads: list[str], key: str, show: Callable[[float], str]) -> str:
    def cell(load: str, name: str) -> str:
        found = values(rounds, load, name, key)
        wrong = sum(values(rounds, load, name, "failed") + values(rounds, load, name, "refused"))
        return (show(median(found)) + ("*" if wrong else "")) if found else ""

    rows = [[KINDS[name].title, *(cell(load, name) for load in loads)] for name in names(rounds)]
    note = "\n\n\\* some requests failed or were answered with an error." if "*" in str(rows) else ""
    return table.markdown(head(loads), rows) + note


def ratios(rounds: list[dict], load: str, name: str, key: str = "rate") -> list[float]:
    """Ours to that peer's, in each round that has both."""
    cells = [each["loads"].get(load, {}) for each in rounds]
    both = [cell for cell in cells if OURS in cell and name in cell and cell[name][key]]
    return [cell[OURS][key] / cell[name][key] for cell in both]


def ratio_grid(rounds: list[dict], loads: list[str]) -> str:
    rows = []
    for name in names(rounds):
        if name != OURS:
            cells = [ratios(rounds, load, name) for load in loads]
            rows.append([KINDS[name].title, *(table.ratio(median(cell)) if cell else "" for cell in cells)])
    return table.markdown(head(loads), rows)


def footprint(result: dict) -> str:
    rows = []
    for name in names(result["rounds"]):
        found = [each["footprint"][name] for each in result["rounds"]]
        idle = [key for key in found[0] if key.isdigit()]
        size = [table.size(median(each[key] for each in found)) for key in idle]
        lost = int(max(idle, key=int)) - median(each["held"] for each in found)
        size[-1] += f" ({lost:,.0f} were closed)" if lost else ""
        start = table.duration(median(each["start"] for each in found))
        rows.append([KINDS[name].title, *size, start, table.size(result["deployed"][name])])
    titles = ["idle" if key == "0" else f"{int(key):,} idle connections" for key in idle]
    return table.markdown(["resident memory", *titles, "first answer after", "to deploy"], rows)


def targets(rounds: list[dict]) -> str:
    """What was to be reached, on one core."""
    rows = [
        ("GET 64 against evhttp in C, at least 1.4", ratios(rounds, "one GET 64", "evhttp"), 1.4),
        ("GET 64 against nginx, at least 0.85", ratios(rounds, "one GET 64", "nginx"), 0.85),
        ("POST 64 against own GET 64, at least 0.85", against_get(rounds, 64), 0.85),
        ("POST 256 against own GET 256, at least 0.95", against_get(rounds, 256), 0.95),
        ("POST 64 against Redis always, at least 2", ratios(rounds, "one POST 64", "webdis-always"), 2),
        ("POST 64 against Flask with fsync, at least 80", ratios(rounds, "one POST 64", "flask-fsync"), 80),
        ("CPU of GET 64 against Go, below 0.7", ratios(rounds, "one GET 64", "go", "cpu_per_100k"), -0.7),
    ]
    measured = [(what, median(found), bound) for what, found, bound in rows if found]
    if not measured:
        return ""
    shown = [[what, table.ratio(value), met(value, bound)] for what, value, bound in measured]
    return "### What was to be reached\n\n" + table.markdown(["", "measured", "reached"], shown)


def met(value: float, bound: float) -> str:
    """A negative bound is an upper one."""
    return "yes" if (value >= bound if bound > 0 else value < -bound) else "**no**"


def against_get(rounds: list[dict], connections: int) -> list[float]:
    cells = [(each["loads"].get(f"one {method} {connections}", {}).get(OURS) for method in ("POST", "GET"))
             for each in rounds]
    return [post["rate"] / get["rate"] for post, get in cells if post and get]


def write_into(readme: Path, text: str) -> None:
    """Replaces what stands between the two markers."""
    content = readme.read_text()
    if BEGIN not in content or END not in content:
        raise Failed(f"{readme} lacks the markers {BEGIN} and {END}")
    before, after = content.partition(BEGIN)[0], content.partition(END)[2]
    readme.write_text(f"{before}{BEGIN}\n{text}{END}{after}")
