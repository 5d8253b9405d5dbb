"""The names of things for people: roles, reasons, artefacts, sizes, times. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kiskriv.errors import WriterError, WriterUnreachable
from kiskriv.ledger.terms import ArtefactName, Fact, Level, Method, Place, Reason
from kiskriv.locale import mark, plural, text
from kiskriv.note import Concern, Form, Mark
from kiskriv.transcript import Doubt, Findings, Remark, Role, Utterance

ROLES: Final = {
    Role.PRACTITIONER: mark("Doctor"),
    Role.PATIENT: mark("Patient"),
    Role.RELATED_PERSON: mark("Relative"),
    Role.INTERPRETER: mark("Interpreter"),
    Role.UNKNOWN: mark("Voice {number}"),
}

REASONS: Final = {
    Reason.TRANSFERRED: mark("The note is in the journal."),
    Reason.DISCARDED: mark("The doctor discarded the session; there is no note."),
    Reason.WITHDRAWN: mark("The patient withdrew; there is no note."),
    Reason.EXPIRED: mark("The time limit passed; there is no note."),
    Reason.INTERRUPTED: mark("The session was interrupted; there is no note."),
    Reason.FAILED: mark("An error ended the session; there is no note."),
}

ARTEFACTS: Final = {
    ArtefactName.AUDIO: mark("the sound"),
    ArtefactName.TRANSCRIPT: mark("the text of what was said"),
    ArtefactName.DRAFT: mark("the draft note"),
    ArtefactName.SPEAKERS: mark("the traces of who spoke"),
}

METHODS: Final = {
    Method.KEY_DESTROYED: mark("the key that could open it is destroyed"),
    Method.BUFFERS_OVERWRITTEN: mark("the memory is overwritten"),
    Method.ROOM_ENDED: mark("the process that held it has ended"),
    Method.ROOM_KILLED: mark("the process that held it had to be killed; nothing is claimed about its memory"),
    Method.ENGINE_RECYCLED: mark("the process that recognised the speech has ended"),
    Method.ENGINE_OVERWRITTEN: mark("the memory of the process that recognised the speech is overwritten"),
    Method.SPOOL_REMOVED: mark("the sealed copy on the disk is removed"),
}

LEVELS: Final[dict[str, str]] = {
    Level.A: mark("Level A: nothing is left of a consultation, however it ends."),
    Level.B: mark(
        "Level B: nothing is left on the disk or in a running program. "
        "Traces can lie in unused memory until the machine uses it again or is switched off."
    ),
    Level.C: mark("Level C: something may be left in this machine's memory afterwards."),
}

PLACES: Final = {
    Place.OWN_MEMORY: mark("the memory that held it"),
    Place.LIVING_MEMORY: mark("the memory of what still runs"),
    Place.RUNTIME_FOLDER: mark("the folder where the processes meet"),
    Place.OPEN_FILES: mark("open files"),
    Place.SPOOL_FOLDER: mark("the folder of sealed copies"),
}

FACTS: Final = {
    Fact.SECRET_MEMORY: mark("secret memory for the key"),
    Fact.MEMORY_LOCKED: mark("locked memory"),
    Fact.SWAP_SAFE: mark("swap that is off or encrypted"),
    Fact.NO_CORE_FILES: mark("no memory dumps"),
    Fact.WIPED_ON_FREE: mark("memory overwritten when it is freed"),
    Fact.NO_HUGE_PAGES: mark("no huge pages"),
    Fact.FREED_PAGES_ZEROED: mark("freed pages zeroed by the kernel"),
    Fact.NO_SOCKETS: mark("no network"),
    Fact.FILES_WALLED: mark("a wall around the files"),
}


DOUBTS: Final = {
    Doubt.NO_SPEECH: mark("perhaps nobody spoke"),
    Doubt.PHANTOM: mark("perhaps never said"),
    Doubt.LOOP: mark("uncertain: goes round in circles"),
    Doubt.LANGUAGE: mark("another language: not translated"),
}

DOUBTED: Final = {
    Doubt.NO_SPEECH: mark("Perhaps nobody spoke here. L lets you hear it."),
    Doubt.PHANTOM: mark(
        "Perhaps this was never said: the machine sometimes writes it where nobody speaks. L lets you hear it."
    ),
    Doubt.LOOP: mark("The text goes round in circles here, and some of it may be wrong. L lets you hear it."),
    Doubt.LANGUAGE: mark("Another language is spoken here. It is not translated: do not rely on the words."),
}
"""The same, in a sentence, with what to do about it."""


REMARKS: Final = {
    Remark.UNATTRIBUTED: mark("It could not be found out who said what."),
    Remark.PARTLY: mark("Of some of it, it could not be found out who said it."),
    Remark.ONE_VOICE: mark("Only one voice was told apart."),
    Remark.MANY_VOICES: mark("Unusually many voices: some may be the same person's."),
    Remark.DEAD_CHANNEL: mark("One of the microphones gave no speech."),
    Remark.ALIKE: mark("Both microphones heard everybody alike."),
    Remark.SWAPPED: mark("The microphones may be the wrong way round."),
    Remark.CLIPPED: mark("The sound was too loud."),
}

REMEDIES: Final = {
    Remark.UNATTRIBUTED: mark("V gives the line a voice, R gives the voice a role."),
    Remark.PARTLY: mark("V gives a line to a voice."),
    Remark.ONE_VOICE: mark("V gives a line to another."),
    Remark.MANY_VOICES: mark("R gives them the same role."),
    Remark.DEAD_CHANNEL: mark("Check its cable before the next consultation."),
    Remark.ALIKE: mark("Put them further apart next time."),
    Remark.SWAPPED: mark("O swaps doctor and patient."),
    Remark.CLIPPED: mark("Turn the microphone down, or put it further away."),
}
"""What the doctor can do about it: the keys are the review's."""


def doubt(utterance: Utterance) -> str:
    """Why this may not have been said, or not like this; empty where there is no doubt."""
    return f"[{text(DOUBTS[utterance.doubt])}] " if utterance.doubt else ""


def findings(met: Findings) -> str:
    """What recognition met on the way, as far as a doctor should look at it; empty where there was nothing."""
    said = [
        (
            met.foreign,
            plural("{count} stretch in another language", "{count} stretches in another language", met.foreign),
        ),
        (
            met.no_speech + met.phantoms + met.loops_left,
            plural(
                "{count} uncertain stretch",
                "{count} uncertain stretches",
                met.no_speech + met.phantoms + met.loops_left,
            ),
        ),
        (
            met.skipped - met.recovered,
            plural(
                "{count} stretch with speech but no words",
                "{count} stretches with speech but no words",
                met.skipped - met.recovered,
            ),
        ),
        (
            met.reduced,
            plural(
                "{count} stretch read less exactly: too little memory",
                "{count} stretches read less exactly: too little memory",
                met.reduced,
            ),
        ),
    ]
    return " · ".join(words.format(count=count) for count, words in said if count)


SIGNS: Final = {
    Concern.CONTRADICTION: mark("! CONTRADICTED"),
    Concern.UNSUPPORTED: mark("? not said"),
    Concern.PARTLY: mark("? partly said"),
    Concern.CHECK: mark("? check"),
    Concern.OMITTED: mark("+ left out"),
    Concern.UNCHECKED: mark("! NOT CHECKED"),
}

STYLES: Final = {
    Concern.CONTRADICTION: "bold white on red",
    Concern.UNSUPPORTED: "bold reverse",
    Concern.PARTLY: "bold italic",
    Concern.CHECK: "bold italic",
    Concern.OMITTED: "bold",
    Concern.UNCHECKED: "bold white on red",
}
"""How the signs look: the words say it without."""

CONCERNS: Final = {
    Concern.CONTRADICTION: mark("The note says «{written}», but what was said is «{said}»."),
    Concern.UNSUPPORTED: mark("Nothing that was said says «{written}»."),
    Concern.PARTLY: mark("Not all of «{written}» was said."),
    Concern.CHECK: mark("«{written}» was heard. Perhaps «{said}»?"),
    Concern.OMITTED: mark("«{said}» was said, and does not stand in the note."),
    Concern.UNCHECKED: mark(
        "A fault in kiskriv kept this note from being written, or held against what was said. Code: {kind}"
    ),
}


def sign(of: Concern) -> str:
    """In front of what it is about."""
    return text(SIGNS[of])


def concern(about: Mark) -> str:
    """Why a doctor should look twice, in a sentence."""
    if about.concern is Concern.CHECK and not about.said:
        return text("«{written}» was heard uncertainly.").format(written=about.written)
    return text(CONCERNS[about.concern]).format(written=about.written, said=about.said or "…", kind=about.kind)


def concerns(marks: Sequence[Mark]) -> str:
    """How many places there are to look at twice; empty where there are none."""
    grave = sum(mark.concern is Concern.CONTRADICTION for mark in marks)
    said = [
        (grave, plural("{count} contradiction", "{count} contradictions", grave)),
        (len(marks) - grave, plural("{count} place to check", "{count} places to check", len(marks) - grave)),
    ]
    return " · ".join(words.format(count=count) for count, words in said if count)


NAMED: Final = 12
"""Marks that are named one by one where a note is to be approved."""


def named(marks: Sequence[Mark]) -> str:
    """What is still marked, one by one, the gravest first, after how many there are."""
    order = list(Concern)
    gravest = sorted(marks, key=lambda about: order.index(about.concern))
    more = plural("and {count} more", "and {count} more", len(marks) - NAMED).format(count=len(marks) - NAMED)
    lines = [f"{sign(about.concern)} {concern(about)}" for about in gravest[:NAMED]]
    return "\n".join(filter(None, (concerns(marks), *lines, more if len(marks) > NAMED else "")))


def unwritten(error: str) -> str:
    """Why a language model did not write the draft, and what stands instead. `error`: the class of the WriterError."""
    why = text(UNWRITTEN.get(error, WriterError.message))
    return text("{why}: this draft is by rules.").format(why=why[:1].upper() + why[1:])


UNWRITTEN: Final = {
    "WriterUnreachable": WriterUnreachable.message,
    "WriterSlow": mark("the language model took too long"),
    "WriterUnfit": mark("what the language model wrote cannot be used"),
}

LANGUAGES: Final = {"nb": mark("bokmål"), "nn": mark("nynorsk")}


def form(of: Form) -> str:
    """What is written, and in which written language."""
    return f"{of.template} ({text(LANGUAGES[of.language])})" if of.language in LANGUAGES else of.template


def role(which: Role, speaker: str) -> str:
    """Who a voice is. An unknown one is numbered, from 1."""
    return text(ROLES[which]).format(number=int(speaker) + 1 if speaker.isdecimal() else speaker)


def voice(utterance: Utterance) -> str:
    """Who says this; empty where that is not known, not even as a number."""
    known = utterance.speaker or utterance.role is not Role.UNKNOWN
    return role(utterance.role, utterance.speaker) if known else ""


def remarks(made: Sequence[Remark]) -> str:
    """Why it may be uncertain who said what, and what to do about it: a line each."""
    return "\n".join(f" ! {text(REMARKS[remark])} {text(REMEDIES[remark])}" for remark in made)


AHEAD: Final = mark(
    "ALARM: the witness has seen lines that this deletion log does not have. Lines are gone, or an older copy was put back. "
    "Keep the folder as it is, and tell the one who answers for data protection."
)


def clock(seconds: float) -> str:
    """12:05, and 1:02:05 after an hour."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"
