"""Draws the figures that scaling.py measured: scaling_plot.py FIGURES.json makes FIGURES.svg beside it."""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
# The same figures give the same file.
matplotlib.rcParams.update({"svg.hashsalt": "scaling", "font.size": 9, "axes.grid": True, "grid.alpha": 0.3})

import matplotlib.pyplot as plot  # noqa: E402  the backend is chosen first


def by_connections(axes: plot.Axes, points: list[dict], key: str, label: str, scale: float = 1) -> None:
    for method, colour in (("GET", "tab:blue"), ("POST", "tab:orange")):
        chosen = [point for point in points if point["method"] == method]
        x, y = [p["connections"] for p in chosen], [p[key] * scale for p in chosen]
        axes.loglog(x, y, "o-", color=colour, label=method)
    axes.set(xlabel="keep-alive connections", ylabel=label)
    axes.legend()


def by_fsync(axes: plot.Axes, points: list[dict]) -> None:
    for connections, colour in zip(sorted({p["connections"] for p in points}), ("tab:green", "tab:red")):
        chosen = [point for point in points if point["connections"] == connections]
        x = [p["fsync"] * 1e3 for p in chosen]
        axes.loglog(x, [p["rate"] for p in chosen], "o", color=colour, label=f"{connections:,} clients")
        model = [p["model_rate"] for p in chosen]
        axes.loglog(x, model, "-", color=colour, alpha=0.5, label="clients / (commit + clients x loop's time)")
    axes.set(xlabel="one fsync, ms (a commit makes two)", ylabel="POST/s")
    axes.legend(fontsize=7)


def batches(axes: plot.Axes, points: list[dict]) -> None:
    for fill, label, chosen in (
        ("tab:purple", "disk always busy", [p for p in points if p["disk_busy"] > 0.9]),
        ("none", "loop is the limit", [p for p in points if p["disk_busy"] <= 0.9]),
    ):
        x, y = [p["model_batch"] for p in chosen], [p["batch"] for p in chosen]
        axes.loglog(x, y, "o", color="tab:purple", markerfacecolor=fill, label=label)
    ends = [min(p["model_batch"] for p in points), max(p["model_batch"] for p in points)]
    axes.loglog(ends, ends, "-", color="gray", label="as the model says")
    axes.set(xlabel="arrival rate x commit time", ylabel="batch, measured")
    axes.legend()


def memory(axes: plot.Axes, points: list[dict], slope: float) -> None:
    x, y = [p["connections"] for p in points], [p["resident"] / 1e6 for p in points]
    axes.plot(x, y, "o-", color="tab:brown")
    axes.set(xlabel="idle connections", ylabel="resident, MB", title=f"{slope / 1e3:.1f} KB each")
    axes.set_ylim(bottom=0)


def main() -> None:
    source = Path(sys.argv[1])
    data = json.loads(source.read_text())
    figure, axes = plot.subplots(2, 3, figsize=(12, 6.5))
    by_connections(axes[0, 0], data["connections"], "rate", "requests/s")
    by_connections(axes[0, 1], data["connections"], "p99", "p99, ms", 1e3)
    memory(axes[0, 2], data["idle"], data["bytes_per_connection"])
    by_fsync(axes[1, 0], data["fsync"])
    batches(axes[1, 1], data["fsync"])
    axes[1, 2].axis("off")
    about = "\n".join(f"{key}: {value}" for key, value in data["machine"].items())
    how = f"{data['date']}, one event loop on one core,\nwrk on the other"
    axes[1, 2].text(0, 1, f"{how}\n\n{about}", va="top")
    figure.tight_layout()
    figure.savefig(source.with_suffix(".svg"), metadata={"Date": None})


if __name__ == "__main__":
    main()
