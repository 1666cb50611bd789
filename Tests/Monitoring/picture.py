"""Draws what Prometheus answered: one panel below the other, over the time of the trial."""

from __future__ import annotations

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

Line = tuple[list[float], list[float]]
#: Panels whose values span several powers of ten.
LOGARITHMIC = {"Answers a second, by status", "POST and GET, seconds", "Commits a second, and increments in each"}


def draw(panels: dict[str, dict[str, Line]], phases: list[tuple[str, float]], path: str) -> None:
    figure, axes = pyplot.subplots(len(panels), figsize=(11, 11), sharex=True, layout="constrained")
    for axis, (title, lines) in zip(axes, panels.items(), strict=True):
        for name, (times, values) in lines.items():
            axis.plot(times, values, label=name, linewidth=1.2)
        axis.set_title(title, loc="left", fontsize=10)
        if title in LOGARITHMIC:
            axis.set_yscale("symlog" if title.startswith("Answers") else "log")
        axis.grid(alpha=0.3)
        axis.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=8, frameon=False)
        for _, at in phases:
            axis.axvline(at, color="grey", linewidth=0.8, linestyle=":")
    for (name, at), (_, end) in zip(phases, phases[1:], strict=False):
        axes[0].text((at + end) / 2, 1.15, name, transform=axes[0].get_xaxis_transform(), ha="center", fontsize=7)
    axes[-1].set_xlabel("seconds")
    axes[-1].set_xlim(0, phases[-1][1])
    figure.savefig(path, dpi=90)
