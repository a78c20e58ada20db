"""The numbers of image health, and why they are what they are.

Measured on the 80 px sample of 1,604 real pictures of printers and prints, and on the same pictures made dark
(1/10 of the light), over-exposed (6 times) and blocked (blurred over a sixth of the width, with sensor noise).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """When a picture is not trusted. Levels are 0..255, shares are 0..1."""

    frozen_after_s: float = 30.0
    """Seconds of unchanged pixels. A stream repeats a frame for a second or two, snapshot cameras for ten."""

    dark_below: float = 32.0
    """95th percentile of the brightest channel: an eighth of full light. Real: 77 and more; at a tenth: up to 26.
    The brightest channel, since under a blue or red chamber light grey values are low in a picture that is fine."""

    white_from: int = 250
    white_share: float = 0.5
    """Share of pixels with all three channels burnt out. Real printer cameras: below 0.1."""

    structure_below: float = 8.0
    """98th percentile of the difference between neighbours. Real: 11 and more, an empty floor; blocked: up to 7."""

    flat_within: int = 2
    flat_share: float = 0.85
    """Share of pixels that are the background's level, give or take, in every channel. Real: up to 0.71, a product
    photo on pure black; live sensors have shading and noise, drawn pictures have not."""

    drawn_contrast: int = 16
    drawn_share: float = 0.002
    """Something is written on the flat background: this share of pixels differs from it by that much.
    motion's small outlined letters reach 27 on 0.3 % of the sample."""
