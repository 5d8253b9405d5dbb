"""A room, an engine and a host as threads of the test: the real wire between small true parts."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from kiskriv.engine import Engine, Telling
from kiskriv.errors import LedgerError, Malformed, PeerGone, VaultErased, VaultTampered
from kiskriv.ledger import Ended, Ledger, Method, Opened, Reason, Resumed, decode, new_session_id
from kiskriv.room import Begun, EngineSpeakers, Porter, Recogniser, Room, spooled
from kiskriv.room.register import HostLedger
from kiskriv.session import Stages, State
from kiskriv.session.session import Session
from kiskriv.session.voices import Voices
from kiskriv.speech.diarization import WINDOW, Diarization
from kiskriv.vault import Vault
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed, raised
from kiskriv.wire.channel import Channel
from kiskriv.wire.remote import RemoteSession
from tests.session.fakes import AsModel, EverySecondWord, Loud

PATIENCE = 20.0


class Elsewhere:
    """One room with its host and engine. `here` runs in the room's thread when it has its session."""

    def __init__(
        self,
        ledger: Ledger,
        stages: Stages,
        vault: Vault | None = None,
        *,
        diarization: Diarization | None = None,
        tethered: bool = False,
        seconds: int = 3600,
        longest: int = 3600,
        spool: Path | None = None,
        session: str = "",
    ) -> None:
        self.ledger, self.stages, self._spool = ledger, stages, spool
        self.seconds, self.longest = seconds, longest
        self.session = session or new_session_id()
        self.tethered = tethered
        self.diarization = diarization or EverySecondWord()
        self.address = f"\0kiskriv-{secrets.token_hex(8)}"
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self.address)
        listener.listen()
        control, self._far = socket.socketpair()
        self.host = Channel(self._far)
        self.opened, self.closed = threading.Event(), threading.Event()
        self.refusal: say.Failed | None = None
        self.wants: list[say.Part] = []
        self._receipt: str | None = None
        self._ended: Ended | None = None
        self._vault = vault
        self._furnish(control, listener)
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._live, self._keep)]
        self.engines: list[threading.Thread] = []
        for thread in self._threads:
            thread.start()
        self.engine()

    def _furnish(self, control: socket.socket, listener: socket.socket) -> None:
        """The room, in this process."""
        self.trace = secrets.token_bytes(16)
        self.recogniser = Recogniser(self.trace)
        self.speakers = EngineSpeakers(self.trace)
        self.porter = Porter(
            control, listener, {say.Part.ENGINE: self.recogniser.supply, say.Part.SPEAKERS: self.speakers.supply}
        )
        self.porter.trace = self.trace
        mask = secrets.token_bytes(16)
        masked = bytes(a ^ b for a, b in zip(mask, self.trace, strict=True))
        self._present = say.Present(self.session, os.getpid(), False, False, 0.0, (), mask.hex(), masked.hex())
        self.vault = self._vault or Vault()
        self.room = Room(self.porter, self.recogniser, self._present, self._opening)
        self.porter.start()

    def _opening(self, message: say.Begin | say.Resume) -> Begun:
        stages, register = (
            replace(self.stages, transcriber=self.recogniser, loudspeaker=self.room.loudspeaker),
            HostLedger(self.porter, lambda: self._present),
        )
        if isinstance(stages.diarizer, Voices):
            stages = replace(stages, diarizer=Voices(self.speakers, WINDOW))
        remember = partial(spooled.remember, self.vault)
        if isinstance(message, say.Begin):
            if self._spool is not None:
                spooled.begin(self.vault, self._spool, self.session, message)
            return Begun(Session(stages, self.vault, register, self.session), message, remember=remember)
        assert self._spool is not None
        replay = spooled.resume(self.vault, self._spool, self.session, message.seconds)
        session = Session(stages, self.vault, register, self.session, resumes=True)
        return Begun(session, replay.order, replay, remember=remember)

    def _live(self) -> None:
        try:
            with suppress(VaultErased, VaultTampered):  # the room's process would end over it
                self.room.run()
        finally:
            self.porter.close()

    def _keep(self) -> None:
        """The host: writes what the room says, and `ended` when the room is gone."""
        try:
            while True:
                message, _ = self.host.receive()
                if isinstance(message, say.Log):
                    self._log(message)
                elif isinstance(message, say.Wants):
                    self.wants.append(message.part)
                    if message.part is say.Part.MICROPHONE and isinstance(self.stages.loudspeaker, Loud):
                        self._lend(self.stages.loudspeaker)
        except (PeerGone, Malformed):
            pass
        self.opened.set()
        if self._ended is not None:
            methods = tuple(m for m in Method if m in {*self._ended.methods, Method.ROOM_ENDED})
            self._receipt = self.ledger.receipt(self.ledger.append(replace(self._ended, methods=methods)))
        self.closed.set()

    def _lend(self, loud: Loud) -> None:
        ours, theirs = socket.socketpair()
        with ours:
            self.host.send(say.Supply(say.Part.MICROPHONE), descriptors=(ours.fileno(),))
        self.engines.append(threading.Thread(target=loud.serve, args=(Channel(theirs),), daemon=True))
        self.engines[-1].start()

    def _log(self, message: say.Log) -> None:
        entry = decode(message.entry.encode())
        try:
            if isinstance(entry, Opened | Resumed):
                self.ledger.append(entry)
            elif isinstance(entry, Ended):
                self._ended = entry
        except LedgerError as error:
            self.refusal = failed(error)
            self.host.send(self.refusal)
        else:
            self.host.send(say.Logged())
        self.opened.set()

    def engine(self, serve: Callable[[Channel], object] | None = None) -> None:
        """Another engine, of the parts given, or one that does what `serve` does with the room's line."""
        ours, theirs = socket.socketpair()
        if serve is not None:
            line = Channel(theirs)
            self.engines.append(threading.Thread(target=serve, args=(line,), daemon=True))
        else:
            control, far = socket.socketpair()
            engine = Engine(Channel(control), [AsModel(self.stages.transcriber)], Telling(self.diarization))
            near, other = socket.socketpair()
            with theirs, near, other:
                for end in (theirs, other):
                    Channel(far).send(say.Supply(say.Part.ENGINE), descriptors=(end.fileno(),))
                self.host.send(say.Supply(say.Part.SPEAKERS), descriptors=(near.fileno(),))
            self._far_ends = [*getattr(self, "_far_ends", []), far]
            self.engines.append(threading.Thread(target=engine.serve, daemon=True))
        self.engines[-1].start()
        with ours:
            self.host.send(say.Supply(say.Part.ENGINE), descriptors=(ours.fileno(),))

    # -- what a screen is given ---------------------------------------------------------------------------------------------------------

    def ask(self, question: say.Message) -> say.Message:
        """As the host's reception would."""
        if isinstance(question, say.Open):
            order = say.Begin(
                channels=question.channels,
                roles=(),
                step=WINDOW,
                language="nb",
                model="0" * 64,
                notice="nb-1",
                seconds=self.seconds,
                longest=self.longest,
                tethered=question.tethered,
                here=question.here,
            )
            self.host.send(order)
            assert self.opened.wait(PATIENCE)
            if self.refusal is not None:
                raise raised(self.refusal)
            return say.Opened(self.session)
        assert self.closed.wait(PATIENCE)
        entry = self._ended
        return say.Closed(
            self.session, self._receipt, entry is not None and entry.verified, entry.residue if entry else 0, ""
        )

    def resume(self, seconds: int = 3600) -> bool:
        """As a host would whose room died; whether the room took it."""
        self.host.send(say.Resume(seconds))
        assert self.opened.wait(PATIENCE)
        return self._threads[1].is_alive() and self.refusal is None and not self.closed.is_set()

    def die(self) -> None:
        """As if killed: nothing more is written, nothing is erased, nobody is told."""
        session = self.room._session
        self.vault._copying = False

        def end(reason: Reason) -> None:
            session.state = State.ENDED

        session.end = end  # type: ignore[method-assign]
        self.room._until = 0.0
        self.host.close()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def renew(self) -> None:
        """This host never dies by itself."""

    def dial(self, session: str) -> Channel:
        """A line to the room."""
        line = socket.socket(socket.AF_UNIX)
        try:
            line.connect(self.address)
        except OSError:
            line.close()
            raise PeerGone from None
        return Channel(line)

    def consultation(self, *, channels: int = 1, here: bool = False) -> RemoteSession:
        """To be opened on entering."""
        return RemoteSession(self, self.dial, say.Open(channels, "nb-1", here, self.tethered))  # type: ignore[arg-type]

    def again(self) -> RemoteSession:
        """Another screen, to the same session."""
        return RemoteSession(self, self.dial, None, self.session)  # type: ignore[arg-type]

    def close(self) -> None:
        """Ends what is left, and waits for every thread."""
        self.host.close()
        if not self.opened.is_set() or not self.closed.is_set():
            try:
                with self.again():
                    pass
            except (PeerGone, Malformed):
                pass
        self._vacate()
        for far in getattr(self, "_far_ends", []):
            far.close()
        for thread in [*self._threads, *self.engines]:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def _vacate(self) -> None:
        self.recogniser.abandon()
        self.speakers.abandon()
