"""Linux: prctl(2), mlockall(2), memfd_secret(2), Landlock, seccomp(2), logind, and what /proc and /sys tell."""

from kiskriv.machine.linux.awake import awake
from kiskriv.machine.linux.confine import confine
from kiskriv.machine.linux.disk import disk_encryption
from kiskriv.machine.linux.facts import promises
from kiskriv.machine.linux.listeners import strangers_at
from kiskriv.machine.linux.memory import free_memory, harden, lock_memory, protected_page, search_memory
from kiskriv.machine.linux.runtime import Peer, RuntimeFolder, runtime_folder

__all__ = [
    "Peer",
    "RuntimeFolder",
    "awake",
    "confine",
    "disk_encryption",
    "free_memory",
    "harden",
    "lock_memory",
    "promises",
    "protected_page",
    "runtime_folder",
    "search_memory",
    "strangers_at",
]
