"""Cost against cameras as a drawing: SVG, by hand, for a page or a browser."""

from collections.abc import Sequence

from monitor.bench.figures import StepFigures
from monitor.bench.soak import Sample, Slope

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 860, 420, 70, 50, 40, 150
COLOURS = (
    "#4e79a7", "#f28e2b", "#59a14f", "#edc948", "#e15759", "#d37295", "#b07aa1", "#76b7b2", "#9c755f",
    "#ff9da7", "#bab0ac",
)  # fmt: skip


def draw(steps: Sequence[StepFigures], floor_ms: float | None) -> str:
    """Return bars of CPU-ms an inspection by stage, one a step, and the floor as a line."""
    most = 1.1 * max([step.cpu_ms_per_inspection for step in steps] + [floor_ms or 0.0])
    high, wide = HEIGHT - TOP - BOTTOM, (WIDTH - LEFT - RIGHT) / len(steps)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
        "<style>text { font: 13px sans-serif }</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-weight="bold">CPU-ms of the monitor an inspection, by cameras and stage</text>',
    ]
    for place, step in enumerate(steps):
        parts += _bar(step, LEFT + place * wide + 0.15 * wide, 0.7 * wide, high / most)
    for place, stage in enumerate(steps[0].cpu_ms_by_stage):
        y = TOP + 10 + 20 * place
        parts.append(f'<rect x="{WIDTH - RIGHT + 20}" y="{y}" width="12" height="12" fill="{COLOURS[place]}"/>')
        parts.append(f'<text x="{WIDTH - RIGHT + 38}" y="{y + 11}">{stage}</text>')
    if floor_ms is not None:
        y_floor = HEIGHT - BOTTOM - floor_ms * high / most
        parts.append(f'<path d="M{LEFT} {y_floor:.1f}H{WIDTH - RIGHT}" stroke="#000" stroke-dasharray="6 4"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y_floor + 4:.1f}" text-anchor="end">floor {floor_ms:.1f}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _bar(step: StepFigures, x: float, width: float, scale: float) -> list[str]:
    y = float(HEIGHT - BOTTOM)
    parts = []
    for place, ms in enumerate(step.cpu_ms_by_stage.values()):
        y -= ms * scale
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{ms * scale:.1f}" fill="{COLOURS[place]}"/>'
        )
    middle = x + width / 2
    parts.append(f'<text x="{middle:.1f}" y="{y - 6:.1f}" text-anchor="middle">{step.cpu_ms_per_inspection:.2f}</text>')
    parts.append(f'<text x="{middle:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{step.cameras}</text>')
    return parts


def draw_soak(samples: Sequence[Sample], grown: Slope | None) -> str:
    """Return memory over time as a line, with what least squares say of it."""
    most = 1.1 * max(one.rss_mb for one in samples)
    longest_s = max(1.0, samples[-1].at_s)
    high, wide = HEIGHT - TOP - BOTTOM, WIDTH - LEFT - 20
    points = " ".join(
        f"{LEFT + one.at_s / longest_s * wide:.1f},{HEIGHT - BOTTOM - one.rss_mb / most * high:.1f}" for one in samples
    )
    said = f"; {grown.mb_per_hour:+.2f} ± {grown.error_mb_per_hour:.2f} MB/h" if grown else ""
    base = HEIGHT - BOTTOM
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
            "<style>text { font: 13px sans-serif }</style>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            f'<text x="{LEFT}" y="22" font-weight="bold">MB in {longest_s / 60:.0f} minutes{said}</text>',
            f'<path d="M{LEFT} {TOP}V{base}H{LEFT + wide}" fill="none" stroke="#000"/>',
            f'<polyline points="{points}" fill="none" stroke="{COLOURS[0]}" stroke-width="2"/>',
            f'<text x="{LEFT - 6}" y="{TOP + 4}" text-anchor="end">{most:.0f}</text>',
            f'<text x="{LEFT - 6}" y="{base}" text-anchor="end">0</text>',
            "</svg>",
            "",
        ]
    )
