"""The process that holds the weights: windows of sound in, words out, and nothing kept.

engine      hears rooms and the host (one thread)
scheduler   whose window is next, and with whom
worker      decodes, one thread and one model for each device
loaded      the weights, and what to do where they do not fit
alone       the same without a process, for one session
"""

from kiskriv.engine.alone import Alone
from kiskriv.engine.engine import Engine
from kiskriv.engine.loaded import Loaded

__all__ = ["Alone", "Engine", "Loaded"]
