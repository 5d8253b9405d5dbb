"""The process of one consultation: it alone holds the key, and what it knows ends with it.

porter     the lines to host, screen and microphone: one thread that hears and says, and understands nothing
room       the steps that the screen asks for, taken on a `Session` by the thread that owns the key
line       the engine on the other end of a line, which may die and be replaced
recogniser what it is asked: words (a `Transcriber`), and who says them (`Speakers`)
server_line  lines to a language model, one for each answer; engine_writer, what is asked of the one in the engine
sound      what is heard from a microphone or a screen, and played again
spooled    what outlives the room, if the clinic wants that, and how another room goes on from it
register   the ledger on the other end of a line (a `Register`)
"""

from kiskriv.room.engine_writer import EngineWriter
from kiskriv.room.porter import Porter
from kiskriv.room.recogniser import EngineSpeakers, Recogniser
from kiskriv.room.room import Begun, Room
from kiskriv.room.server_line import ServerLine

__all__ = ["Begun", "EngineSpeakers", "EngineWriter", "Porter", "Recogniser", "Room", "ServerLine"]
