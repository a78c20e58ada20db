"""Looking at pictures in processes of their own, where one Python process cannot use all cores."""

from monitor.workers.remote import PROGRAM, RemoteLooker, start_all

__all__ = ["PROGRAM", "RemoteLooker", "start_all"]
