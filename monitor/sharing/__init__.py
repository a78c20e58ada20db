"""Life in a cluster (:mod:`monitor.cluster`): printers come and go while the monitor runs, and nothing ends by that.

Loaded only where cameras.yaml says ``cluster:``; everywhere else :class:`monitor.owning.Alone` stands here.
"""
