"""The direction of imports is part of the design; pyproject.toml draws it."""

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


def test_imports_point_downwards_and_never_in_a_circle() -> None:
    """Every room stands in a layer, imports only what lies below, also under TYPE_CHECKING."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "Contracts: 3 kept, 0 broken." in done.stdout
