"""The process that starts, watches and ends the others, and keeps the ledger. It never holds a word of what was said.

host        what it does for the screens that call          line        one end of a line, for asyncio
rooms       one room: from warm to `ended` in the ledger     child       a process of ours, watched by pidfd
engines     the engine: kept, replaced, recycled             calling     how a screen finds the host, or starts one
"""
