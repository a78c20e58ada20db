"""The figures of the model card in Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.train.card import markdown
from models.train.dev import VIEWS, Figures
from models.train.standing import Standing


def table(metrics: Mapping[str, Figures]) -> str:
    """The figures of every comparison in Markdown."""
    rates = [f"tpr_at_{rate}%_fpr" for rate in (1, 2, 5)]
    head = [
        "source",
        "failing / healthy",
        "sequences",
        "AUC",
        "average precision",
        "TPR at 1 % FPR",
        "at 2 %",
        "at 5 %",
    ]
    rows = []
    for name, m in metrics.items():
        cells = ["{:.3f} ({:.2f}-{:.2f})".format(*m[key]) for key in ("auc", "average_precision", *rates)]
        at = "{:.3f} / {:.3f}".format(*m["at_threshold"]) if "at_threshold" in m else ""
        error = f"{m['calibration_error']:.3f}" if "calibration_error" in m else ""
        rows.append([name, f"{m['failing']} / {m['healthy']}", str(m["sequences"]), *cells, at, error])
    return markdown([*head, "TPR / FPR at the shipped threshold", "calibration error"], rows)


def class_table(classes: Mapping[str, Figures]) -> str:
    """What each class may do, in Markdown."""
    rows = [
        [
            name.replace("_", " "),
            ", ".join(f"{value:.3f} ({source})" for source, value in m["auc"].items()) or "-",
        ]
        + [f"**{m['standing']}**" if m["standing"] == Standing.ACTED_ON else m["standing"]]
        for name, m in classes.items()
    ]
    return markdown(["class", "AUC of its own output on real pictures", "so it is"], rows)


def file_table(descriptions: Mapping[str, Mapping[str, Any]]) -> str:
    """What ships, side by side; what a picture costs was measured when the quantised file was made."""
    costs: Mapping[str, Any] = next((d["metrics"]["cost"] for d in descriptions.values() if "cost" in d["metrics"]), {})
    rows = []
    for kind, facts in descriptions.items():
        dev, rendered = facts["metrics"]["dev"], facts["metrics"]["rendered scenes"]
        cost = "{median_ms:.2f} ms ({least_ms:.2f})".format(**costs[kind]) if kind in costs else ""
        at = f"{facts['operating_point']['threshold']:.3f}"
        ranked = [f"{dev[source]['auc'][0]:.3f}" for source in VIEWS]
        rows.append([f"`{facts['file']}`", cost, at, f"{rendered['failure']['auc']:.3f}", *ranked])
    head = ["file", "one picture on one core: median (least)", "threshold", "AUC, held-out scenes"]
    return markdown([*head, *VIEWS], rows)
