"""The process that holds the weights: windows of sound in, words out, and nothing kept.

engine      hears rooms and the host (one thread)
scheduler   whose window is next, and with whom
worker      decodes, one thread and one model for each device
loaded      the weights, and what to do where they do not fit
telling     who speaks, as work for a worker
writing     a note by a language model, as work for a worker
alone       the same without a process, for one session
"""

from kiskriv.engine.alone import Alone, AloneSpeakers
from kiskriv.engine.engine import Engine
from kiskriv.engine.loaded import Loaded
from kiskriv.engine.telling import Telling
from kiskriv.engine.writing import Author

__all__ = ["Alone", "AloneSpeakers", "Author", "Engine", "Loaded", "Telling"]
