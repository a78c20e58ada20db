"""Whether what is watched can be believed to be all there is: pure. A watch may end without a word."""

from monitor.cluster.store import UNKNOWN, Answer, Outcome, Write

UNSEEN_S = 2.0  # what was written should have come back by then; what refuses a write should have been seen
UNANSWERED_S = 4.0  # writes that are not answered for so long: the bucket may be gone


class Sight:
    """What one watch has shown, beside what the answers to writes prove. Times are of one clock, any one."""

    def __init__(self) -> None:
        self.newest = 0  # the highest revision that was ever seen
        self._written, self._written_at = 0, 0.0
        self._unanswered_since: float | None = None
        self._refused: dict[str, tuple[int, float]] = {}  # by key: which revision was refused, and since when

    def begin(self, now: float) -> None:
        """Take in that a watch begins: what was written before is given its time to come back."""
        self._written_at, self._unanswered_since = now, None
        self._refused.clear()

    def forget(self) -> None:
        """Take in that revisions begin anew."""
        self.newest = self._written = 0

    def saw(self, revision: int) -> None:
        """Take in that a row was seen."""
        self.newest = max(self.newest, revision)

    def answered(self, write: Write, answer: Answer, now: float) -> None:
        """Take in what became of a write."""
        if answer.revision > self._written:
            self._written, self._written_at = answer.revision, now
        if answer.outcome is not Outcome.REFUSED:
            self._refused.pop(write.key, None)
        elif self._refused.get(write.key, (-1, 0.0))[0] != write.revision:
            self._refused[write.key] = (write.revision, now)
        if answer is not UNKNOWN:
            self._unanswered_since = None
        elif self._unanswered_since is None:
            self._unanswered_since = now

    def is_blind(self, now: float) -> bool:
        """Whether something must be there that was not seen, or nothing is answered."""
        if self.newest < self._written and now - self._written_at > UNSEEN_S:
            return True
        if self._unanswered_since is not None and now - self._unanswered_since > UNANSWERED_S:
            return True
        return any(now - since > UNSEEN_S for _, since in self._refused.values())
