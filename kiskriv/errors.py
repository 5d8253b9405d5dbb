"""Everything that kiskriv raises on purpose, in one tree.

    KiskrivError
    ├── ConfigError            a setting that cannot be read, or that does not exist
    │   └── ClinicFileInvalid    a template, list of words or phrases of the clinic's own
    ├── MaterialInvalid        a transcript or a reference that is not in the form that is documented
    ├── WriterError            the language model, where there is one: the draft by rules stands
    │   ├── WriterUnreachable    is not there, or broke off
    │   ├── WriterSlow           took longer than it may
    │   └── WriterUnfit          wrote what cannot be used
    ├── ModelError             a model folder
    │   ├── ModelMissing         is not there, or lacks a file
    │   ├── ModelChanged         is not the one that the manifest describes
    │   └── OutOfMemory          does not fit beside what is at work
    ├── CaptureError           sound
    │   ├── AudioUnreadable      a file that holds none
    │   ├── MicrophoneMissing    no sound system, or no microphone
    │   ├── MicrophoneLost       it went away while recording
    │   └── SourceGone           the screen or process that gave sound went away
    ├── VaultError             sealed material
    │   ├── VaultTampered        does not open: it was changed
    │   ├── VaultErased          is gone, as it should be
    │   └── SpoolUnwritable      the sealed copy on the disk cannot be kept: the consultation goes on without it
    ├── ProcessError           kiskriv's own processes, and the lines between them
    │   ├── HostUnreachable      the host cannot be started or reached
    │   ├── PeerGone             the other end of a line went away
    │   ├── Malformed            it said what is not in the protocol
    │   ├── TakenOver            another screen holds the consultation now
    │   ├── RecogniserFailed     the same window failed again and again
    │   └── RoomDied             a consultation's process died: what it knew is gone with it
    ├── SessionError           a step that may not be taken now
    │   ├── SessionUnfinished    another consultation is not ended yet
    │   ├── Expired              the time limit passed
    │   ├── EndedElsewhere       another screen ended it
    │   ├── NoSuchForm           a draft by a template that is not there
    │   ├── NotInformed          recording before the patient was informed
    │   ├── NotApproved          delivery before the doctor approved
    │   ├── NothingHeard         no speech
    │   ├── NothingToApprove     an empty note
    │   └── StepOutOfOrder       any other
    ├── DeliveryError          the note did not reach its destination
    ├── ErasureFailed          something may be left: nothing may start until it is accounted for
    ├── RuntimeFolderUnsafe    the folder where kiskriv's processes meet is not this user's alone
    └── LedgerError            the deletion log
        ├── LedgerBusy           another kiskriv holds it
        ├── LedgerUnwritable     cannot be written: disk full, read-only, wrong rights
        ├── NoSuchLine           is shorter than that
        ├── LedgerCorrupt        was changed, cut off or damaged
        └── ProofInvalid         a receipt or checkpoint that does not verify

An error class owns its words: `message` says what happened and `hint` says what to do next, both in English, with `{facts}` filled in
from the keyword arguments of the raise. The screen looks the same templates up in `locale/` and shows them in Norwegian. A fact is a
number, a code or the name of something of ours: never a thing that was said, and never the name of a file that a user chose.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import ClassVar


class KiskrivError(Exception):
    """The root: catch this to catch all that kiskriv raises on purpose."""

    message: ClassVar[str] = "kiskriv could not go on"
    hint: ClassVar[str] = "run `kiskriv check` and follow what it says"
    exit_status: ClassVar[int] = 1

    def __init__(self, **facts: str | int | float) -> None:
        self.facts = facts
        super().__init__(self.message.format(**facts))

    @property
    def advice(self) -> str:
        """What to do next, in English, with the facts filled in."""
        return self.hint.format(**self.facts)


class ConfigError(KiskrivError):
    message = "the configuration is wrong: {problem}"
    hint = "mend the line in the configuration file; `config/kiskriv.toml` lists every key"
    exit_status = 2


class ClinicFileInvalid(ConfigError):
    message = "{file}, line {line}: {problem}"
    hint = "mend that line; the form of these files is described in `docs/klinikkens-egne-filer.md`"


class MaterialInvalid(KiskrivError):
    message = "{file} cannot be used: {problem}"
    hint = "mend the file; its form is described in `docs/evaluation.md`"
    exit_status = 2


class WriterError(KiskrivError):
    message = "the language model did not write the draft"
    hint = "go on with the draft by rules, which is there; run `kiskriv check` if it happens again"


class WriterUnreachable(WriterError):
    message = "the language model did not answer"


class WriterSlow(WriterError):
    message = "the language model took more than {seconds} seconds"


class WriterUnfit(WriterError):
    message = "what the language model wrote cannot be used: {problem}"


class ModelError(KiskrivError):
    message = "the speech model cannot be used: {problem}"
    hint = "run `kiskriv check`, and put the model folder back from where it came"


class ModelMissing(ModelError):
    message = "the model folder lacks {file}"
    hint = "copy the whole model folder again, and check the paths under [model] and [diarization] in the configuration"


class ModelChanged(ModelError):
    message = "{file} in the model folder is not the one that the manifest describes"
    hint = "copy the model folder again from a source you trust: nothing is decoded with a changed model"


class OutOfMemory(ModelError):
    message = "the speech model does not fit into the memory of this machine"
    hint = "choose a smaller model or compute type under [model] in the configuration: `kiskriv check` proposes one"


class CaptureError(KiskrivError):
    message = "no sound could be recorded"
    hint = "check the microphone, then start again: nothing was recorded"


class AudioUnreadable(CaptureError):
    message = "the file holds no sound that can be read"
    hint = "use a sound file (wav, flac, mp3, m4a, ogg) that plays elsewhere"


class MicrophoneMissing(CaptureError):
    message = "no microphone can be used: {problem}"
    hint = "plug in a microphone; on Linux install PortAudio (`apt-get install libportaudio2`); `kiskriv check` lists what is found"


class LoudspeakerMissing(KiskrivError):
    message = "nothing can be played: {problem}"
    hint = "connect a loudspeaker or a headset, and try again; the recording stands"


class MicrophoneLost(CaptureError):
    message = "the microphone went away after {seconds} seconds"
    hint = "plug it in again: what was recorded until then is kept until this session ends"


class SourceGone(CaptureError):
    message = "the sound broke off after {seconds} seconds: what gave it went away"
    hint = "start recording again, or go on to the draft: what was recorded until then is kept until this session ends"


class VaultError(KiskrivError):
    message = "sealed material could not be used"
    hint = "end the session: it is erased and logged"


class VaultTampered(VaultError):
    message = "a sealed {artefact} does not open: it was changed in memory"
    hint = "end the session and have the machine's memory checked"


class VaultErased(VaultError):
    message = "the session is erased: there is nothing left to open"
    hint = "start a new session"


class SpoolUnwritable(VaultError):
    message = "the sealed copy on the disk cannot be kept: {problem}"
    hint = "the consultation goes on without it: if kiskriv stops before the note is delivered, nothing of it can be found again"


class ProcessError(KiskrivError):
    message = "a part of kiskriv does not answer"
    hint = "start kiskriv again: a consultation that is under way is found where it was"


class HostUnreachable(ProcessError):
    message = "kiskriv's host process cannot be reached: {problem}"
    hint = "close every kiskriv and start it again; `kiskriv check` says what it finds"


class PeerGone(ProcessError):
    message = "a part of kiskriv went away"


class Malformed(ProcessError):
    message = "a part of kiskriv said something that no part of this version says"
    hint = "close every kiskriv, and see that only one version is installed"


class TakenOver(ProcessError):
    message = "the consultation was taken over by another screen"
    hint = "go on there, or start kiskriv here again to take it back"


class RecogniserFailed(ProcessError):
    message = "a stretch of speech could not be written down: the recogniser failed at it {attempts} times"
    hint = "the sound of it is kept until the session ends; draft again to try once more"


class RoomDied(ProcessError):
    message = "the process of the consultation died, and what it knew is gone with it: nobody can read it any more"
    hint = "write the note from memory; the deletion log says what happened"


class SessionError(KiskrivError):
    message = "this step cannot be taken now"
    hint = "follow the order: informed, record, draft, approve, deliver"


class SessionUnfinished(SessionError):
    message = "another consultation is not ended yet"
    hint = "run `kiskriv` to go on with it, or `kiskriv recover` to look at it and finish it"


class Expired(SessionError):
    message = "the time limit has passed: sound, transcript and draft are erased"
    hint = "write the note from memory; the clinic sets the limit under [session] in the configuration"


class EndedElsewhere(SessionError):
    message = "the consultation was ended from another screen"
    hint = "the deletion log says how: `kiskriv ledger show`"


class NoSuchForm(SessionError):
    message = "there is no template of that name"
    hint = "choose one out of the list; a clinic's own templates lie in the folder that `[note] folder` names"


class NotInformed(SessionError):
    message = "no recording before the doctor has confirmed that the patient is informed and not opposed"
    hint = "inform the patient, then confirm it"


class NotApproved(SessionError):
    message = "nothing leaves before the doctor has approved the note"
    hint = "read the note, then approve it (on the command line: --approve)"
    exit_status = 3


class NothingHeard(SessionError):
    message = "no speech was heard in {seconds} seconds of sound"
    hint = "check that the right microphone or file was used, and its level"
    exit_status = 3


class NothingToApprove(SessionError):
    message = "the note is empty: there is nothing to approve"
    hint = "write the note, or discard the session"
    exit_status = 3


class StepOutOfOrder(SessionError):
    message = "{step} cannot follow {state}"


class DeliveryError(KiskrivError):
    message = "the note was not delivered: {problem}"
    hint = (
        "deliver it another way, or write it by hand before the session ends; on the command line, run the file again"
    )


class ErasureFailed(KiskrivError):
    message = "an erasure could not be verified ({residue} places where something was found or may be)"
    hint = "run `kiskriv recover` before the next consultation, and write a deviation report (avvik)"
    exit_status = 4


class RuntimeFolderUnsafe(KiskrivError):
    message = "the folder where kiskriv's processes meet cannot be trusted: {problem}"
    hint = (
        "remove the folder `kiskriv` in XDG_RUNTIME_DIR or in ~/.local/state and start again; "
        "if it comes back, tell the one who runs the machine"
    )


class LedgerError(KiskrivError):
    message = "the deletion log cannot be used: {problem}"
    hint = "run `kiskriv ledger verify` on the log folder; no session starts until it is whole"


class LedgerBusy(LedgerError):
    message = "another kiskriv is using the deletion log"
    hint = "end the other session first, or close the other kiskriv"


class LedgerUnwritable(LedgerError):
    message = "the deletion log cannot be written: {problem}"
    hint = (
        "free space on the disk and check the rights of the log folder; no session starts before the log can be written"
    )


class LedgerKeyUnusable(LedgerError):
    message = "the keys of the deletion log cannot be used: {problem}"
    hint = (
        "make them readable for this user alone, or unlock the keystore; if they are gone, name a new folder for the deletion log "
        "([ledger] folder), keep the old one, and write down the new public key"
    )


class ClockWrong(LedgerError):
    message = "the clock of this machine cannot be right: it says the year {year}"
    hint = "set the clock, and start kiskriv again"


class NoSuchLine(LedgerError):
    message = "the deletion log has {size} lines, and no line {line}"
    hint = "`kiskriv ledger show` lists them"


class LedgerCorrupt(LedgerError):
    message = "the deletion log is damaged: {problem}"
    hint = "do not mend it by hand: keep the folder as it is, tell the one who answers for data protection, and name a new log folder"


class ProofInvalid(LedgerError):
    message = "the proof does not verify: {problem}"
    hint = "check that the file is whole and that the key belongs to this log; if both are right, it was changed"


class NoErasure(LedgerError):
    """A page was asked for of a receipt that is not for the end of a session."""

    message = "this receipt is not for an erasure: there is nothing to tell a patient"
    hint = "take the receipt of the line that ended the session; `kiskriv ledger show` lists the lines"


class NotTakenOut(LedgerError):
    """A checkpoint did not get where it was to go; the log, and what was taken out before, is as it was."""

    message = "the checkpoint was not taken out: {problem}"
    hint = "nothing is lost: take it out another way (on paper, as a QR code, into another folder), or again later"


class WitnessUnusable(KiskrivError):
    """`problem` names one of the texts in witness/wording.py; the other facts fill it in."""

    message = "the witness cannot be used: {problem}"
    hint = "run `kiskriv witness` on the second machine, and follow what it says"


def fault_code(error: BaseException) -> str:
    """Where a fault lies, never what was in it: its type, and the file and line of ours that was nearest."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "kiskriv" in Path(frame.filename).parts] or frames
    if not ours:
        return type(error).__name__
    return f"{type(error).__name__}-{Path(ours[-1].filename).stem}-{ours[-1].lineno}"


def named(error: str, facts: dict[str, str | int | float]) -> KiskrivError:
    """The error that another process of ours raised; KiskrivError where there is no such class, or not with these facts."""
    kinds = [KiskrivError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    for kind in kinds:
        if kind.__name__ == error:
            try:
                return kind(**facts)
            except KeyError:
                break
    return KiskrivError()
