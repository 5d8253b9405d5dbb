"""The process of one consultation: it alone holds the key, and what it knows ends with it.

porter     the lines to host, screen and microphone: one thread that hears and says, and understands nothing
room       the steps that the screen asks for, taken on a `Session` by the thread that owns the key
recogniser the engine on the other end of a line (a `Transcriber`)
spooled    what outlives the room, if the clinic wants that, and how another room goes on from it
register   the ledger on the other end of a line (a `Register`)
"""

from kiskriv.room.porter import Porter
from kiskriv.room.recogniser import Recogniser
from kiskriv.room.room import Begun, Room

__all__ = ["Begun", "Porter", "Recogniser", "Room"]
