"""How the host asks a witness (c2sp.org/tlog-witness): by a courier, a process that lives for one request and holds no word of anything.

request     what is sent: the size that the witness had last, the proof from there, the checkpoint
ask         the answer, whatever it is: a witness that is away, or talks nonsense, raises nothing
understood  the cosignature in an answer, believed only if the witness's key signed it for this checkpoint
size        what the witness had last, in an answer that says that the size sent was another
"""

from __future__ import annotations

import asyncio
import re
import socket
from dataclasses import dataclass, field
from http import HTTPStatus

from kiskriv.errors import ProofInvalid
from kiskriv.host.child import Child
from kiskriv.ledger.cosignature import Cosignature, WitnessKey, cosignatures
from kiskriv.ledger.fields import MAX_INTEGER
from kiskriv.machine import launch_command, launch_environment
from kiskriv.witness.submission import request

__all__ = ["Answer", "ask", "request", "size", "understood"]

MODULE = "kiskriv.assembly.courier"

PATIENCE = 20.0
"""Seconds that a courier is given before it is killed."""

MAX_ANSWER = 300 * 1024
"""Octets of an answer at most."""

_HEARD = re.compile(r"(0|[1-5][0-9]{2})\n(.*)", re.DOTALL)
_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n")


@dataclass(frozen=True, slots=True)
class Answer:
    """A status of HTTP and the text that came with it; status 0 where there was none, and a word in `text` that says why.

    The words: those of the courier's `WHY`; `not-started`, `too-slow` and `nonsense` are the host's own.
    """

    status: int
    text: str = field(repr=False)

    @property
    def granted(self) -> bool:
        """The witness says that it cosigned: `understood` finds out."""
        return self.status == HTTPStatus.OK

    @property
    def behind(self) -> bool:
        """The witness had another size last: `size` reads it."""
        return self.status == HTTPStatus.CONFLICT


async def ask(url: str, body: str, seconds: float = PATIENCE) -> Answer:
    """Sends a request to the witness at this address, by a courier that has ended when this returns."""
    ours, theirs = socket.socketpair()
    with ours:
        ours.setblocking(False)
        try:
            with theirs:
                command = launch_command(MODULE, str(theirs.fileno()), url)
                courier = Child.started(command, launch_environment(), (theirs.fileno(),))
        except OSError:
            return Answer(0, "not-started")
        try:
            async with asyncio.timeout(seconds):
                return _answer(await _exchange(ours, body.encode()))
        except TimeoutError:
            return Answer(0, "too-slow")
        except OSError:  # it died before it had heard everything
            return Answer(0, "nonsense")
        finally:
            courier.kill()
            await courier.gone.wait()


def understood(answer: str, body: str, key: WitnessKey) -> Cosignature:
    """The newest cosignature of this checkpoint text by this witness, in an answer that grants it. Raises ProofInvalid."""
    # tlog-witness: the client may put the answer under the checkpoint, and read both as one note
    found = cosignatures(f"{body}\n{answer}", key)
    if not found:
        raise ProofInvalid(problem="the witness did not cosign the checkpoint")
    newest = max(found, key=lambda one: one.seconds)
    if newest.seconds > MAX_INTEGER:  # a time in other units: the ledger has no room for it
        raise ProofInvalid(problem="the time of a cosignature is out of range")
    return newest


def size(answer: str) -> int:
    """The tree size in the text of an answer with status 409. Raises ProofInvalid."""
    match = _SIZE.fullmatch(answer)
    if match is None:
        raise ProofInvalid(problem="the witness named no size")
    return int(match[1])


async def _exchange(line: socket.socket, body: bytes) -> bytes:
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(line, body)
    line.shutdown(socket.SHUT_WR)
    heard = bytearray()
    while len(heard) < MAX_ANSWER and (more := await loop.sock_recv(line, MAX_ANSWER)):
        heard += more
    return bytes(heard)


def _answer(heard: bytes) -> Answer:
    try:
        match = _HEARD.fullmatch(heard.decode("utf-8"))
    except UnicodeDecodeError:
        match = None
    return Answer(int(match[1]), match[2]) if match else Answer(0, "nonsense")
