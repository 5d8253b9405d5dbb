"""The names of the sockets in the runtime folder."""

ADDRESS = "host"
"""The host's own."""

ROOM = "room-"
"""What those of rooms begin with; the session follows."""
