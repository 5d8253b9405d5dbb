"""The process that starts, watches and ends the others, and keeps the ledger. It never holds a word of what was said.

host      what it does for the screens that call               callers   who they are, and what they may not do
rooms     all rooms and their engine, begun and seen off        room      one: from warm to gone
passages  from a room that died to the next                     residue   looking once more from outside
accounts  what the ledger is told, once it can be told          spools    the sealed copies: which there are, and that they go
engines   the engine: kept, replaced, recycled                  child     a process of ours, watched by pidfd
doors     sockets in the runtime folder, put back if taken      line      one end of a line, for asyncio
calling   how a screen finds the host, or starts one            house     what a host is made of
"""
