"""People are told what they must know, in their order, and answer."""

from monitor.people.office import Office

__all__ = ["Office"]
