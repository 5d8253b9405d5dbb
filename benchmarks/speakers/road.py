"""The whole road: host, room and engine, and the transcript that the doctor would see, with the words that the demo model hears."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from benchmarks.speakers import materials
from benchmarks.speakers.materials import Material
from benchmarks.speakers.measures import errors_by_speaker, speakers_at, wrong_words
from benchmarks.speech import house
from benchmarks.speech.sound import Played
from benchmarks.speech.table import table
from kiskriv.assembly.desk import Desk
from kiskriv.demo import word_error_rate
from kiskriv.session.events import Transcribed
from kiskriv.transcript import Samples, Transcript


def heard(desk: Desk, sound: Samples) -> Transcript:
    """As fast as it goes; `sound` of one or two microphones, shape (1 or 2, n). Raises what a session raises."""
    source = Played(sound, hurried=sound.shape[1])
    source.channels = sound.shape[0]
    with desk.consultation(source, informed=True, tethered=True) as session:
        house.windows_of(session, source)
        transcript = next(event.transcript for event in session.draft() if isinstance(event, Transcribed))
        session.discard()
    return transcript


def rows(found: Iterable[Material]) -> Iterator[tuple[object, ...]]:
    """A material each."""
    with house.house() as desk:
        for material in found:
            transcript = heard(desk, material.sound)
            words = [word for utterance in transcript.utterances for word in utterance.words]
            told = [utterance.speaker for utterance in transcript.utterances for _ in utterance.words]
            wrong = wrong_words(speakers_at(words, material.turns), told)
            errors = 100 * word_error_rate(" ".join(word.text for word in material.words), transcript)
            figures = (f"{figure:.1f}" for figure in (wrong, errors, errors_by_speaker(material, transcript)))
            yield material.name, len(words), len(set(told)), *figures, ", ".join(transcript.remarks) or "none"


def main() -> None:
    """Prints the table."""
    columns = ("", "words", "voices", "wrong speaker, %", "word errors, %", "the same by speaker, %", "remarks")
    title = "Through host, room and engine, with the words that the demo model hears"
    table(title, columns, rows([*materials.demo(), *materials.both_at_once()]))


if __name__ == "__main__":
    main()
