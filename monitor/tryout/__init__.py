"""Cameras and printers are tried before anybody relies on them: bounded in time, and nothing is ever paused.

Whoever may try one makes this machine connect to an address of their choice: at the wall that is the right ADMINISTER.
Nothing is imported here: who only shows what was found (:mod:`monitor.tryout.found`) loads no camera and no detector.
"""
