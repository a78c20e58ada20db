"""What a printer says that it does, in words that cameras.yaml lists: shared by the controls that are templates.

The text below a key completes the sentence "write ..." of its faults.
"""

from monitor.config.section import Section
from monitor.config.values import Text


class StateWords(Section):
    """Where in an answer the state stands, and which words mean what; capitals do not count."""

    state_path: str = ""  # empty: the answer itself is the state
    """the dotted path to the state inside a JSON answer, such as status.state"""
    printing: tuple[Text, ...] = ("printing",)
    """the list of states that mean printing"""
    pausing: tuple[Text, ...] = ("pausing",)
    """the list of states that mean pausing"""
    paused: tuple[Text, ...] = ("paused",)
    """the list of states that mean paused"""
    idle: tuple[Text, ...] = ("idle", "ready", "standby", "complete", "cancelled")
    """the list of states that mean idle"""
    error: tuple[Text, ...] = ("error", "failed")
    """the list of states that mean an error"""
