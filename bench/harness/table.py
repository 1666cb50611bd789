"""Figures as people read them, in Markdown tables aligned for a terminal too."""


def markdown(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, *rows]
    width = [max(len(line[i]) for line in lines) for i in range(len(head))]

    def row(cells: list[str]) -> str:
        aligned = [cells[0].ljust(width[0]), *(cell.rjust(w) for cell, w in zip(cells[1:], width[1:]))]
        return "| " + " | ".join(aligned) + " |"

    rule = "| " + " | ".join(["-" * width[0], *("-" * (w - 1) + ":" for w in width[1:])]) + " |"
    return "\n".join([row(head), rule, *map(row, rows)])


def count(value: float) -> str:
    return f"{value:,.0f}"


def duration(seconds: float) -> str:
    """Three digits, in the unit that fits."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 1:
        return f"{seconds * 1e3:.3g} ms"
    return f"{seconds:.3g} s"


def size(count_of_bytes: float) -> str:
    if count_of_bytes >= 1e6:
        return f"{count_of_bytes / 1e6:.1f} MB"
    return f"{count_of_bytes / 1e3:.1f} KB"


def ratio(value: float) -> str:
    return f"{value:.2f}"
