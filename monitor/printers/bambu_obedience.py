"""Whether a Bambu Lab printer takes commands from us, known before a print fails. Pure: answers and times go in.

Firmware since 2025 takes commands only with the maker's signature, unless LAN mode *and* Developer Mode are on, while
it goes on reporting to everybody. Two things tell:

- the bit of ``fun`` in its reports (X1, H2, P2 and newer firmware of the others);
- the answer to a command that does nothing: a G-code line which is only a comment. Firmware without that bit refuses
  it like any other, and the bit has been seen to be wrong (ha-bambulab, issue 2135). A refusal also shows on the
  printer's own screen, so the question is asked rarely, and never where the bit already says no.
"""

from monitor.printers.adapter import CAN_PAUSE, Ability
from monitor.printers.bambu_report import Answer

QUESTION = "; vigie asks whether commands are taken\n"  # the parameter of gcode_line: a comment
ASK_AGAIN_S = 600.0  # after a refusal
AFTER_SILENCE_S = 30.0
GAP_S = 60.0  # between two questions, also when the printer hangs up and comes back all the time
REMEDY = (
    "at the printer's screen turn on LAN Only mode and then Developer Mode (Settings > LAN Only), "
    "and compare the access code, which may change with it"
)


class Obedience:
    """What is known of one printer."""

    def __init__(self) -> None:
        self._session = 0
        self._flag: bool | None = None  # the bit of the newest report; None while it has none
        self._wants_signature: bool | None = None  # by its newest answer; None before the first one
        self._is_stale = False  # that answer is of an earlier session
        self._was_silent = False
        self._asked_at = float("-inf")
        self._ask_at = float("-inf")

    def reported(self, session: int, signature_required: bool | None) -> None:
        """Take the bit of the newest report; another ``session`` than before is a new connection.

        What was answered in an earlier session counts until it is asked anew, which is soon.
        """
        if session != self._session:
            self._session, self._is_stale = session, True
            self._ask_at = min(self._ask_at, self._asked_at + GAP_S)
        if self._flag and not signature_required:  # Developer Mode was turned on just now
            self._wants_signature, self._ask_at = None, float("-inf")
        self._flag = signature_required

    def answered(self, answer: Answer | None, now: float) -> None:
        """Take the answer to any command, a pause as well as the question; None when it did not come."""
        self._asked_at = now
        self._was_silent, self._is_stale = answer is None, False
        self._ask_at = now + (AFTER_SILENCE_S if answer is None else ASK_AGAIN_S)
        if answer is not None:
            self._wants_signature = answer.wants_signature

    def has_to_ask(self, now: float) -> bool:
        """Whether it is time to ask. A printer that obeyed is not asked again in the same session."""
        is_sure = self._wants_signature is False and not self._is_stale and not self._was_silent
        return not self._flag and not is_sure and now >= self._ask_at

    def ability(self) -> Ability:
        """Say whether a pause would be obeyed."""
        if self._flag or self._wants_signature:
            return Ability(can_pause=False, why=f"the printer takes no commands from us: {REMEDY}")
        if self._wants_signature is False and not self._was_silent:
            return CAN_PAUSE
        if self._was_silent:
            why = "the printer does not answer the question whether it takes commands (a pause is tried all the same)"
            return Ability(can_pause=False, why=f"{why}: {REMEDY}, or restart the printer")
        return Ability(can_pause=False, why="not known yet whether the printer takes commands")
