"""What is said between the processes: every message that there is, with who may say it to whom. No I/O.

    screen ──> host    Hello  Prepare  Open  Await  Look  Finish          host ──> screen    Welcome  Ready  Opened  Closed  Found  Failed
    screen ──> room    Hello  Record  Sound  Stop  Halt  Draft  Assign    room ──> screen    Standing  (events)  Done  Marked
                       Correct  Revise  Approve  Release  Bookmark  Play                           Released  Failed
                       Extend  Transferred  Discard  Withdraw  End
    host   ──> room    Hello  Begin  Resume  Logged  Supply  Failed       room ──> host      Present  Log  Wants  Fault
    host   ──> engine  Supply  Forget  Retire                             engine ──> host    Loaded  Forgotten  Failed
    room   ──> engine  Window  Urge  Cease  Voices  Cluster  Write        engine ──> room    Begun  Words  Ceased  Embedded  Turns  Written
                                                                                             Failed
    room   ──> mic     Listen  Sound  Stop                                mic ──> room       Sound  Done  Failed  Interrupted  Continued
    desk   ──> mic     Inputs  Try                                        mic ──> desk       Named  Levels  Done  Failed

A screen asks for one step at a time, and each step has one last answer: Done, Marked, Released or Failed; what happens meanwhile comes as
events; Bookmark, Extend, Stop and Halt have no answer of their own. Nobody answers a message that is not in the receiver's column: the
connection ends there, and only the connection.

`Sound` that a room says to the microphone's process is to be played, piece after piece as they come, at most half a second of them at once.
There every Listen and every Sound has exactly one answer: Done when the sound was stopped, or when the piece has been played; or Failed
(LoudspeakerMissing, where it cannot be played). Stop ends what is heard or played at once, and has no answer but the Done of each of those.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum, auto

from kiskriv.draft import prompt
from kiskriv.note import Form, Mark, Note, Phrase
from kiskriv.session.events import (
    Attributing,
    Behind,
    Captured,
    Continued,
    Drafted,
    Expiring,
    Interrupted,
    Missed,
    Playing,
    Recognised,
    Tentative,
    Transcribed,
    Unspooled,
    Unwritten,
    Writing,
)
from kiskriv.session.stages import State
from kiskriv.speech.diarization import LONGEST, MOST_EMBEDDED, WINDOW, count
from kiskriv.speech.windows import Urgency
from kiskriv.transcript import SAMPLE_RATE, Change, Findings, Recognition, Role, Transcript, Turn, Utterance
from kiskriv.wire.values import as_json, from_json

VERSION = 5
"""Of the protocol: processes of different versions do not talk to each other."""


class Caller(StrEnum):
    """Who opens a connection."""

    SCREEN = auto()
    HOST = auto()


class Part(StrEnum):
    """What a room is given a line to."""

    ENGINE = auto()
    """For words."""
    SPEAKERS = auto()
    """The engine once more, for who says them: neither waits for the other."""
    MICROPHONE = auto()
    LISTENER = auto()
    WRITER = auto()
    """A language model, for one answer: in the engine, or a server; a line that has ended, where that does not answer."""


@dataclass(frozen=True)
class Hello:
    """The first message on a connection. `settings` is the digest of the caller's configuration."""

    version: int
    caller: Caller
    settings: str


# -- screen and host -----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unfinished:
    """A consultation that is not ended. `alive`: its room answers; `tethered`: it belongs to a script that is under way."""

    session: str
    alive: bool
    tethered: bool


@dataclass(frozen=True)
class Welcome:
    """What the host is and what it has: `settings` as in Hello; `swept` sessions were accounted for at its start.

    `fresh`: its ledger has no session yet, so that the public key is to be written down now. `alarmed`: its witness has seen lines that
    the ledger does not have.
    """

    version: int
    kiskriv: str
    settings: str
    model: str
    digest: str
    public_key: str
    fresh: bool
    alarmed: bool
    swept: int
    unfinished: tuple[Unfinished, ...]
    unverified: int


@dataclass(frozen=True)
class Prepare:
    """Load the model and have a room ready; answered by Ready or Failed."""


@dataclass(frozen=True)
class Ready:
    """A consultation can begin at once. `level` and `facts`: what the room that waits can promise."""

    level: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Open:
    """A consultation, please. `notice`: version of the one that the patient was informed by; empty: not informed. `here`: the microphone
    is the host's. `tethered`: it ends with this screen (scripts).
    """

    channels: int
    notice: str
    here: bool
    tethered: bool


@dataclass(frozen=True)
class Opened:
    """It stands in the ledger, and its room waits for the screen."""

    session: str


@dataclass(frozen=True)
class Await:
    """Tell me when this session has ended; answered by Closed, or by Opened where its room died and another one goes on with it.

    `room`: the process of the room that is known here; 0 where none is.
    """

    session: str
    room: int = 0


@dataclass(frozen=True)
class Closed:
    """It ended: `receipt` proves it, and is None where only a `swept` entry could be written; `residue` is what was found."""

    session: str
    receipt: str | None
    verified: bool
    residue: int
    fault: str


@dataclass(frozen=True)
class Look:
    """What is not accounted for? Answered by Found."""


@dataclass(frozen=True)
class Found:
    """All that keeps the next consultation from starting."""

    unfinished: tuple[Unfinished, ...]
    unverified: tuple[str, ...]
    spools: tuple[str, ...]


@dataclass(frozen=True)
class Finish:
    """End what is unfinished, remove what is left, account for all of it (R22); answered by Found."""


# -- screen and room -----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """Where a consultation stands, for a screen that attaches.

    `recording`: sound is being taken in now; `here`: by the room's own microphone; `interrupted`: that one is gone, and waited for;
    `paused`: the doctor has paused it; `lost`: the source of the sound went away before it was stopped; `spooled`: it would outlive its
    room. `heard` are the utterances so far; `findings` what recognition met on the way; `note` the draft as the doctor last left it,
    written in `form`, `own` if he has changed it; `retold`: what was said is told otherwise by now than in `transcript`, of which the
    note was drafted; `forms` and `phrases` what can be asked for; `seconds_left` until the time limit, which is `extendable` or not.
    """

    session: str
    room: int
    trace: str
    state: State
    recording: bool
    here: bool
    interrupted: bool
    paused: bool
    lost: bool
    spooled: bool
    seconds: float
    seconds_left: float
    extendable: bool
    heard: tuple[Utterance, ...]
    findings: Findings
    transcript: Transcript | None
    form: Form
    note: Note | None
    own: bool
    marks: tuple[Mark, ...]
    forms: tuple[Form, ...]
    phrases: tuple[Phrase, ...]
    retold: bool = False


@dataclass(frozen=True)
class Record:
    """Take sound: from the room's own microphone (`device`, see `Listen`), or from this screen. Answered when it has stopped and all is
    decoded.
    """

    here: bool
    channels: int
    device: str


@dataclass(frozen=True)
class Sound:
    """Samples follow: `channels` rows of `length` float32 numbers, row by row."""

    channels: int
    length: int


@dataclass(frozen=True)
class Stop:
    """No more sound; for now, where it is a `pause`."""

    pause: bool = False


@dataclass(frozen=True)
class Bookmark:
    """Remember this moment. Not answered."""


@dataclass(frozen=True)
class Play:
    """Let me hear what was recorded from `start` to `end`, in seconds. Answered when it was played."""

    start: float
    end: float


@dataclass(frozen=True)
class Extend:
    """Put the time limit off. Not answered but by Expiring, since it may come in the middle of a step."""


@dataclass(frozen=True)
class Halt:
    """Leave the step that is under way."""


@dataclass(frozen=True)
class Draft:
    """Speakers, then a note in this form; `anew`: what the doctor has changed in it goes."""

    form: Form
    anew: bool


@dataclass(frozen=True)
class Assign:
    """This voice has this role."""

    speaker: str
    role: Role


@dataclass(frozen=True)
class Correct:
    """Somebody else spoke there, or other words were said, or none that belong here."""

    change: Change


@dataclass(frozen=True)
class Revise:
    """The draft as the doctor has it now; answered by Marked."""

    note: Note


@dataclass(frozen=True)
class Marked:
    """Where the doctor should look twice in the draft as it is now."""

    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Approve:
    """The doctor stands by this text."""

    note: Note


@dataclass(frozen=True)
class Release:
    """Hand the approved note over; answered by Released."""


@dataclass(frozen=True)
class Released:
    """The note as it was approved."""

    note: Note


@dataclass(frozen=True)
class Transferred:
    """It is in the journal: end."""


@dataclass(frozen=True)
class Discard:
    """No note: end."""


@dataclass(frozen=True)
class Withdraw:
    """The patient says no: end."""


@dataclass(frozen=True)
class End:
    """The screen's block was left: end. `failed`: by an error."""

    failed: bool


@dataclass(frozen=True)
class Done:
    """The last answer to a step that went well."""


@dataclass(frozen=True)
class Failed:
    """The last answer to a step that did not: the error's class and its facts, which hold nothing that was said."""

    error: str
    facts: tuple[tuple[str, str | int | float], ...]


# -- host and room, engine, microphone -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Present:
    """A room says what it is: `trace_mask` XOR `trace_masked` marks every message of the session, so that leftovers can be searched for.

    `seconds_left` until the latest to which its time limit can be put off.
    """

    session: str
    pid: int
    open: bool
    tethered: bool
    seconds_left: float
    facts: tuple[str, ...]
    trace_mask: str
    trace_masked: str


@dataclass(frozen=True)
class Begin:
    """A consultation begins in this room. `seconds` is the time limit, which can be put off until `longest`; `step`: samples from one
    window of `Voices` to the next.
    """

    channels: int
    roles: tuple[Role, ...]
    step: int
    language: str
    model: str
    notice: str
    seconds: int
    longest: int
    tethered: bool
    here: bool


@dataclass(frozen=True)
class Resume:
    """The consultation of this name had another room, which died: go on from its spool. `seconds` until the latest to which the time limit
    can be put off; whether it was, stands in the spool.
    """

    seconds: int


@dataclass(frozen=True)
class Log:
    """An entry for the ledger, in its canonical form."""

    entry: str


@dataclass(frozen=True)
class Logged:
    """It stands there, on the disk."""


@dataclass(frozen=True)
class Supply:
    """A descriptor comes with this message: a line to this part."""

    part: Part


@dataclass(frozen=True)
class Wants:
    """A new line to this part: the old one broke off."""

    part: Part


@dataclass(frozen=True)
class Fault:
    """A fault of the room's own, as a code."""

    code: str


@dataclass(frozen=True)
class Loaded:
    """The weights are there: `model` is the digest of the manifest that they were checked against."""

    model: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Window:
    """Float32 samples follow, mono, joined from spans of these `lengths`: decode them. A room asks for one window at a time.

    `alone`: an engine died over them, so nobody else's window shall share the next one's fate.
    """

    lengths: tuple[int, ...]
    urgency: Urgency
    alone: bool


@dataclass(frozen=True)
class Urge:
    """The window that was asked for is wanted sooner than was said."""

    urgency: Urgency


@dataclass(frozen=True)
class Cease:
    """It is not wanted any more. Answered by Ceased, or by Words that were on their way; by nothing, where nothing was asked for."""


@dataclass(frozen=True)
class Begun:
    """The window is being decoded."""


@dataclass(frozen=True)
class Words:
    """What was heard in the window, times in seconds from its start."""

    recognition: Recognition


@dataclass(frozen=True)
class Ceased:
    """The window was left, and is wiped."""


@dataclass(frozen=True)
class Voices:
    """Float32 samples follow, mono: how do those sound who speak in this stretch? Otherwise like `Window`."""

    length: int
    urgency: Urgency
    alone: bool


@dataclass(frozen=True)
class Embedded:
    """So many octets follow, which only `Cluster` has a use for."""

    size: int


@dataclass(frozen=True)
class Cluster:
    """The octets of a recording's windows follow, in order, so many for each (none: it could not be looked at): which voices are the same?

    `step`: samples from one window to the next; `length`: samples of the recording.
    """

    sizes: tuple[int, ...]
    step: int
    length: int


@dataclass(frozen=True)
class Turns:
    """Who spoke when, in seconds of the recording."""

    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Write:
    """What a language model is asked, for an answer of at most `tokens` tokens within `seconds` that begins with `opening`.

    Answered by Begun, then by Written again and again, or by Failed.
    """

    messages: tuple[prompt.Message, ...]
    opening: str
    tokens: int
    seconds: float


@dataclass(frozen=True, repr=False)
class Written:
    """What it has written since the last; `last`: that was all."""

    text: str
    last: bool

    def __repr__(self) -> str:
        return f"<Written, {len(self.text)} characters>"


@dataclass(frozen=True)
class Forget:
    """Search for the trace of this session; answered by Forgotten."""

    trace_mask: str
    trace_masked: str


@dataclass(frozen=True)
class Forgotten:
    """`residue`: how often the trace was met; None where memory cannot be searched."""

    residue: int | None


@dataclass(frozen=True)
class Retire:
    """Free everything, and end."""


@dataclass(frozen=True)
class Listen:
    """Open the microphone of this name, now; "": the one of the settings."""

    device: str


@dataclass(frozen=True)
class Try:
    """Listen for so many seconds, and say how loud it is, nothing else."""

    device: str
    seconds: float


@dataclass(frozen=True)
class Inputs:
    """Which microphones are there? Answered by Named, or Failed."""


@dataclass(frozen=True)
class Named:
    """The names of those that can be chosen, the one that is used where none is first."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Levels:
    """The peak of each channel since the last, in [0, 1]."""

    peaks: tuple[float, ...]


# fmt: off
Message = (
    Hello | Welcome | Prepare | Ready | Open | Opened | Await | Closed | Look | Found | Finish
    | Standing | Record | Sound | Stop | Halt | Draft | Assign | Correct | Revise | Approve | Release | Released | Marked
    | Transferred | Discard | Withdraw | End | Done | Failed
    | Captured | Recognised | Tentative | Behind | Missed | Attributing | Transcribed | Writing | Unwritten | Drafted | Expiring | Unspooled
    | Interrupted | Continued | Playing | Bookmark | Play | Extend | Try | Levels | Inputs | Named
    | Present | Loaded | Begin | Resume | Log | Logged | Supply | Wants | Fault | Forget | Forgotten | Retire
    | Window | Urge | Cease | Begun | Words | Ceased | Voices | Embedded | Cluster | Turns | Write | Written | Listen
)
# fmt: on

MAX_SPANS = 1_000
"""Spans of a window at most: those of 30 s are fewer than two hundred."""

KINDS = {kind.__name__: kind for kind in Message.__args__}

MAX_TEXT = 8 << 20
"""Octets of a message's JSON at most: the transcript of three hours is a third of it."""

MAX_OCTETS = 4 << 20
"""Octets that follow a message at most, where it is not said otherwise: a window of 30 s is half of it."""

MAX_CLUSTERED = 256 << 20
"""Octets that follow `Cluster` at most: the windows of twelve hours are fewer."""


def encode(message: Message) -> bytes:
    """A message as UTF-8 JSON: `{"Kind": {...}}`. Raises ValueError for a number that is not finite."""
    text = json.dumps(
        {type(message).__name__: as_json(message)}, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return text.encode()


def decode(text: bytes | bytearray) -> Message:
    """The message that `encode` wrote. Raises ValueError for anything else, without quoting it."""
    try:
        value = json.loads(text)
        ((kind, said),) = value.items()
        message: Message = from_json(KINDS[kind], said)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise ValueError("not a message") from None
    return message


def octets_of(message: Message) -> int:
    """How many octets must follow this message. Raises ValueError for sizes that no message has."""
    match message:
        case Sound(channels, length) if channels in (1, 2) and length >= 0:
            octets = 4 * channels * length
        case Window(lengths) if 0 < len(lengths) <= MAX_SPANS and min(lengths) > 0:
            octets = 4 * sum(lengths)
        case Voices(length) if 0 < length <= WINDOW:
            octets = 4 * length
        case Embedded(size) if 0 < size <= MOST_EMBEDDED:
            octets = size
        case Cluster(sizes, step, length) if SAMPLE_RATE <= step <= WINDOW and 0 < length <= LONGEST:
            if len(sizes) != count(length, step) or min(sizes) < 0 or max(sizes) > MOST_EMBEDDED:
                raise ValueError("not the windows of this recording")
            if sum(sizes) > MAX_CLUSTERED:
                raise ValueError("more than can be clustered")
            return sum(sizes)
        case Sound() | Window() | Voices() | Embedded() | Cluster():
            raise ValueError("sound of no known shape")
        case _:
            octets = 0
    if octets > MAX_OCTETS:
        raise ValueError("too much sound at once")
    return octets
