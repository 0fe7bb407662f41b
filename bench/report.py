"""The figures of the last `make bench`, in docs/performance.md: the goals, a picture, and a table for each part."""

from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from bench.figures import Run, load, table
from bench.pages import APPLICATION, PEER, STRONG

DOCS = Path(__file__).parents[1] / "docs"
BEGIN, END = "<!-- make bench-report writes from here -->\n", "<!-- to here -->\n"
HEADS = {
    "pages": "Pages, beside the peer",
    "edge": "Through Envoy",
    "limited": "At the article’s limits: 0.1 CPU, 128 MiB",
    "searches": "Lists and searches, by the number of users",
    "inserts": "Stored forms, beside the driver alone",
    "memory": "Memory of a web server",
    "start": "Start",
    "images": "Images",
    "switch": "A switch under load",
}


def of_the_peer(what: str) -> Callable[[Run], float]:
    """The application's CPU time, as a multiple of the peer's."""
    row = f"{what}, 8 connections"
    return lambda run: run.rows["pages", row, APPLICATION].median("cpu") / run.rows["pages", row, PEER].median("cpu")


def of_a_small_table(*whats: str) -> Callable[[Run], float]:
    """The CPU time among 10⁶ users, MySQL's included, as a multiple of that among 10²; of several, the largest."""
    return lambda run: max(
        run.rows["searches", what, "10⁶"].median("cpu") / run.rows["searches", what, "10²"].median("cpu")
        for what in whats
    )


def largest(part: str, unit: str) -> Callable[[Run], float]:
    """The largest median of a part."""
    return lambda run: max(row.median(unit) for row in run.rows.values() if row.part == part and unit in row.values)


PREFIXES = ("half of all have", "1 in 5,000 has", "one has", "none has")
GOALS: list[tuple[str, float, str, Callable[[Run], float]]] = [
    ("form: CPU, of the peer’s", 2.0, " ×", of_the_peer("form")),
    ("store a form: CPU, of the peer’s", 1.0, " ×", of_the_peer("store")),
    ("list of 50: CPU, of the peer’s", 2.5, " ×", of_the_peer("list of 50")),
    ("list and exact search among 10⁶ users: CPU, of that among 10²", 1.3, " ×", of_a_small_table("newest", "exact")),
    (
        "search by beginning among 10⁶ users: CPU, of that among 10²",
        1.3,
        " ×",
        of_a_small_table(*(f"beginning that {each}" for each in PREFIXES)),
    ),
    ("memory under any load of the bench", 64, " MiB", largest("memory", "mib")),
    (
        "start to ready",
        1.0,
        " s",
        lambda run: run.rows["start", "docker run to ready, MySQL", APPLICATION].median("seconds"),
    ),
    ("requests that fail in a switch", 0, "", largest("switch", "failed")),
]

STYLE = """text { font: 14px system-ui, sans-serif; fill: #1c1c1c; }
.what { font-weight: 600; } .number { font-size: 12px; }
.application { fill: #0b4f9e; } .peer { fill: #767676; } .strong { fill: #a5a5a5; }
@media (prefers-color-scheme: dark) { text { fill: #e8e8e8; } .application { fill: #8cc0ff; } }"""
BARS = {APPLICATION: "application", PEER: "peer", STRONG: "strong"}
LEFT, WIDTH, BAR, GAP = 210, 430, 18, 16


def picture(run: Run) -> str:
    """Bars of CPU time a request, as SVG."""
    whats = ("form", "store", "list of 50")
    values = {
        (what, who): run.rows["pages", f"{what}, 8 connections", who].median("cpu") for what in whats for who in BARS
    }
    scale, lines, y = WIDTH / max(values.values()), [], GAP
    for what in whats:
        for who, style in BARS.items():
            value = values[what, who]
            middle = y + BAR - 5
            if who == APPLICATION:
                lines.append(f'<text class="what" x="0" y="{middle}">{what}</text>')
            lines.append(f'<text x="{LEFT - 8}" y="{middle}" text-anchor="end">{who}</text>')
            lines.append(f'<rect class="{style}" x="{LEFT}" y="{y}" width="{value * scale:.0f}" height="{BAR - 2}"/>')
            lines.append(f'<text class="number" x="{LEFT + value * scale + 6:.0f}" y="{middle}">{value:,.0f} µs</text>')
            y += BAR
        y += GAP
    size = f'width="{LEFT + WIDTH + 80}" height="{y}" viewBox="0 0 {LEFT + WIDTH + 80} {y}"'
    title = "<title>CPU time of the web server for a request, in microseconds</title>"
    body = "\n".join(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n{title}\n<style>{STYLE}</style>\n{body}\n</svg>\n'
    )


def goals(run: Run) -> str:
    """Each goal beside what was measured."""
    lines = ["| what | goal | measured | |", "| --- | --: | --: | --- |"]
    for what, goal, unit, measure in GOALS:
        value = measure(run)
        lines.append(f"| {what} | ≤ {goal:g}{unit} | {value:.3g}{unit} | {'met' if value <= goal else '**not met**'} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write both files."""
    run = load()
    parts = [f"{run.date}, {run.machine}.\n\n{goals(run)}"]
    for part, rows in groupby(run.rows.values(), key=lambda row: row.part):
        if part in HEADS:
            parts.append(f"### {HEADS[part]}\n\n{table(rows)}")
    page = DOCS / "performance.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(before + BEGIN + "\n" + "\n".join(parts) + "\n" + END + after, encoding="utf-8")
    (DOCS / "performance.svg").write_text(picture(run), encoding="utf-8")


if __name__ == "__main__":
    main()
