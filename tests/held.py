"""How much memory an object holds, by everything that can be reached from it."""

import gc
import sys
import threading
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, ModuleType

_SHARED = (type, ModuleType, FunctionType, BuiltinFunctionType, CodeType, FrameType, threading.Thread)


def held_bytes(root: object) -> int:
    """Return the bytes of an object and of all that it holds; what every program has (classes, code) does not count."""
    seen: dict[int, object] = {}
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if id(one) not in seen and not isinstance(one, _SHARED):
            seen[id(one)] = one
            waiting += gc.get_referents(one)
    return sum(map(sys.getsizeof, seen.values()))
