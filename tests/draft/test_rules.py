"""The first draft: the right heading, true evidence, nothing said nothing written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiskriv.draft.rules import RuleDrafter
from kiskriv.note import Note
from kiskriv.transcript import Doubt, Role, Transcript, Utterance, Word

D, P, R, U = Role.PRACTITIONER, Role.PATIENT, Role.RELATED_PERSON, Role.UNKNOWN


def said(*lines: tuple[Role, str]) -> Transcript:
    return Transcript(
        "nb",
        tuple(
            Utterance(i, role, str(role), tuple(Word(i, i + 0.5, w, 0.9) for w in text.split()))
            for i, (role, text) in enumerate(lines)
        ),
    )


def drafted(*lines: tuple[Role, str]) -> dict[str, list[tuple[str, tuple[int, ...]]]]:
    note = RuleDrafter().draft(said(*lines))
    return {s.heading: [(t.text, t.evidence) for t in s.statements] for s in note.sections}


def headings(note: Note) -> list[str]:
    return [section.heading for section in note.sections]


def test_nothing_said_nothing_drafted() -> None:
    note = RuleDrafter().draft(said())
    assert note.empty
    assert headings(note) == ["Anamnese", "Funn", "Vurdering", "Tiltak"]


@pytest.mark.parametrize(
    ("role", "text", "heading"),
    [
        (P, "Jeg har hatt vondt i halsen i fire dager.", "Anamnese"),
        (R, "Hun har hatt feber siden i går.", "Anamnese"),
        (P, "Eg har hatt vondt i hovudet i tre veker.", "Anamnese"),
        (P, "Jeg er allergisk mot penicillin, takk.", "Anamnese"),
        (P, "Jeg vred kneet på fotball i går.", "Anamnese"),
        (P, "Eg har hatt vondt i magen heile natta.", "Anamnese"),
        (D, "Blodtrykket er 138 over 82.", "Funn"),
        (D, "Temperaturen er 38,4 grader.", "Funn"),
        (D, "Lungene høres fine ut.", "Funn"),
        (D, "Jeg tror dette er en halsbetennelse.", "Vurdering"),
        (D, "Dette tyder på en virusinfeksjon.", "Vurdering"),
        (D, "Jeg skriver ut penicillin 660 milligram fire ganger daglig.", "Tiltak"),
        (D, "Da får du en resept på penicillin.", "Tiltak"),
        (D, "Du får Apocillin 660 milligram, en tablett fire ganger daglig.", "Tiltak"),
        (D, "Kom tilbake hvis du blir verre.", "Tiltak"),
        (D, "Du får sykmelding i en uke.", "Tiltak"),
        (D, "Eg tilviser deg til ortoped.", "Tiltak"),
    ],
)
def test_a_sentence_goes_under_its_heading(role: Role, text: str, heading: str) -> None:
    found = drafted((role, text))
    assert found.pop(heading) == [(text, (0,))]
    assert not any(found.values())


@pytest.mark.parametrize(
    ("role", "text"),
    [
        (D, "God morgen, kom inn og sett deg."),
        (P, "Takk, det var et fint vær i dag."),
        (P, "Hei, hyggelig å se deg."),
        (P, "God morgen, og takk for sist."),
        (D, "God bedring."),
        (P, "Er det farlig?"),
        (D, "Hva kan jeg hjelpe deg med?"),
        (U, "– , ."),
    ],
)
def test_small_talk_and_bare_questions_stay_out(role: Role, text: str) -> None:
    assert not any(drafted((role, text)).values())


def test_a_short_answer_stands_with_its_question_and_points_to_both() -> None:
    found = drafted((D, "Har du hatt feber?"), (P, "Nei."))
    assert found["Anamnese"] == [("Har du hatt feber? – Nei.", (0, 1))]


def test_a_yes_or_no_keeps_its_question_however_long_it_goes_on() -> None:
    found = drafted((D, "Røyker du?"), (P, "Nei, jeg sluttet for fire år siden."))
    assert found["Anamnese"] == [("Røyker du? – Nei, jeg sluttet for fire år siden.", (0, 1))]
    found = drafted((D, "Og du bruker ramipril 5 milligram?"), (P, "Ja, en tablett hver morgen."))
    assert found["Anamnese"] == [("Og du bruker ramipril 5 milligram? – Ja, en tablett hver morgen.", (0, 1))]


@pytest.mark.parametrize("asked", ["Røyker du.", "Hvor lenge har du røykt", "Og du bruker snus for tida."])
def test_a_question_is_one_without_its_mark_too(asked: str) -> None:
    found = drafted((D, asked), (P, "Ja."))
    assert found == {"Anamnese": [(f"{asked} – Ja.", (0, 1))], "Funn": [], "Vurdering": [], "Tiltak": []}


def test_an_answer_that_only_its_question_explains_keeps_it() -> None:
    found = drafted((D, "Har du målt temperaturen?"), (P, "Jeg hadde 38,7 på mandag etter lunsj."))
    assert found["Anamnese"] == [("Har du målt temperaturen? – Jeg hadde 38,7 på mandag etter lunsj.", (0, 1))]


def test_small_talk_in_question_and_answer_stays_out() -> None:
    assert not any(drafted((D, "Fant du parkering i dette verreet."), (P, "Ja, det gikk fint.")).values())


def test_an_answer_that_speaks_for_itself_stands_alone() -> None:
    found = drafted((D, "Hvor lenge har du hatt vondt?"), (P, "Jeg har hatt vondt i omtrent tre uker."))
    assert found["Anamnese"] == [("Jeg har hatt vondt i omtrent tre uker.", (1,))]


def test_an_answer_never_joins_a_question_that_came_before_another_sentence() -> None:
    found = drafted((D, "Har du hatt feber?"), (P, "Jeg har hatt vondt i halsen i fire dager."), (P, "Nei."))
    assert found["Anamnese"] == [("Jeg har hatt vondt i halsen i fire dager.", (1,))]


def test_with_one_unknown_voice_words_alone_decide() -> None:
    found = drafted((U, "Har du hatt feber? Nei."), (U, "Blodtrykket er 140 over 90."), (U, "Jeg har vondt i magen."))
    assert found["Anamnese"] == [("Har du hatt feber? – Nei.", (0, 0)), ("Jeg har vondt i magen.", (2,))]
    assert found["Funn"] == [("Blodtrykket er 140 over 90.", (1,))]


def test_a_decimal_comma_or_point_does_not_end_a_sentence() -> None:
    found = drafted((D, "Temperaturen er 38.4 grader. CRP er 12."))
    assert [text for text, _ in found["Funn"]] == ["Temperaturen er 38.4 grader.", "CRP er 12."]


def test_every_word_of_a_statement_was_said_by_its_evidence() -> None:
    transcript = said(
        (D, "Har du vondt noe sted?"), (P, "Ja, i magen."), (P, "Jeg bruker blodtrykksmedisin, og jeg røyker ikke."),
        (D, "Jeg kjenner en hevelse. Vi tar blodprøver, og så tar du kontakt."),
    )  # fmt: skip
    note = RuleDrafter().draft(transcript)
    for section in note.sections:
        for statement in section.statements:
            heard = " ".join(transcript.utterances[i].text for i in statement.evidence)
            assert set(statement.text.replace("– ", "").split()) <= set(heard.split())
    assert not note.empty


@pytest.mark.parametrize("doubt", list(Doubt))
def test_nothing_that_is_in_doubt_is_written_into_a_note(doubt: Doubt) -> None:
    (sure,) = said((P, "Jeg har hatt vondt i halsen i fire dager.")).utterances
    doubted = replace(sure, words=tuple(replace(word, doubt=doubt) for word in sure.words))
    assert not RuleDrafter().draft(Transcript("nb", (sure,))).empty
    assert RuleDrafter().draft(Transcript("nb", (doubted,))).empty
