"""The files of ``deploy/`` as they are shipped, with the places of a test instead of a machine's."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.support import require_program

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
PAGES = sorted([ROOT / "docs" / "deployment.md", *(ROOT / "docs" / "deployment").glob("*.md")])


def with_places(text: str, places: Mapping[str, str]) -> str:
    """Return a text in which each of these was replaced; each must be there."""
    for place, other in places.items():
        assert place in text, place
        text = text.replace(place, other)
    return text


def blocks(page: Path, language: str) -> list[str]:
    """Return the examples of a language that stand in a page."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def make_certificates(folder: Path, *names: str) -> Path:
    """Have the shipped script make certificates for 127.0.0.1 and localhost; return the folder of them."""
    require_program("openssl")
    pairs = [f"{name}=127.0.0.1,localhost" for name in names]
    subprocess.run(["sh", DEPLOY / "bin" / "make-certificates.sh", folder, *pairs], check=True, capture_output=True)
    return folder
