"""The whole road: host, room and engine, and the transcript that the doctor would see, with the words that the demo model hears."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from benchmarks.speakers import materials
from benchmarks.speakers.materials import Material
from benchmarks.speakers.measures import errors_by_speaker, speakers_at, wrong_roles, wrong_words
from benchmarks.speech import house
from benchmarks.speech.sound import Played
from benchmarks.speech.table import table
from kiskriv.assembly.desk import Desk
from kiskriv.evaluation.hearing import word_error_rate
from kiskriv.session.events import Transcribed
from kiskriv.transcript import Samples, Transcript

WHO = ("words", "voices", "with a speaker, %", "wrong speaker, %", "wrong role, %")
"""What `who` says."""


def heard(desk: Desk, sound: Samples) -> Transcript:
    """As fast as it goes; `sound` of one or two microphones, shape (1 or 2, n). Raises what a session raises."""
    source = Played(sound, hurried=sound.shape[1])
    source.channels = sound.shape[0]
    with desk.consultation(source, informed=True, tethered=True) as session:
        house.windows_of(session, source)
        transcript = next(event.transcript for event in session.draft() if isinstance(event, Transcribed))
        session.discard()
    return transcript


def who(transcript: Transcript, material: Material) -> tuple[object, ...]:
    """A transcript's words and who is said to have said them; who did is told by times and texts. A wrong role is the other's."""
    words = [(word, utterance) for utterance in transcript.utterances for word in utterance.words]
    if not words:
        return 0, 0, "", "", ""
    truth = speakers_at([word for word, _ in words], material)
    told = [utterance.speaker for _, utterance in words]
    wrong = wrong_words(truth, told), wrong_roles(truth, [utterance.role for _, utterance in words])
    attributed = 100 * sum(map(bool, told)) / len(told)
    return len(words), len(set(told) - {""}), f"{attributed:.0f}", *(f"{share:.1f}" for share in wrong)


def marks(transcript: Transcript) -> tuple[str, str]:
    """Roles, and remarks."""
    roles = sorted({utterance.role.value for utterance in transcript.utterances})
    return ", ".join(roles) or "-", ", ".join(transcript.remarks) or "-"


def rows(found: Iterable[Material]) -> Iterator[tuple[object, ...]]:
    """A material each."""
    with house.house() as desk:
        for material in found:
            transcript = heard(desk, material.sound)
            errors = 100 * word_error_rate(" ".join(word.text for word in material.words), transcript)
            by_speaker = errors_by_speaker(material, transcript)
            figures = (f"{errors:.1f}", f"{by_speaker:.1f}")
            yield material.name, *who(transcript, material), *figures, *marks(transcript)


def main() -> None:
    """Prints the table."""
    title = "Through host, room and engine, with the words that the demo model hears"
    columns = ("", *WHO, "word errors, %", "the same by speaker, %", "roles", "remarks")
    table(title, columns, rows([*materials.demo(), *materials.both_at_once()]))


if __name__ == "__main__":
    main()
