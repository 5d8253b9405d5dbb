"""Sentences keep their places in the text; questions are known without their marks; what says nothing is left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiskriv.draft.language.reading import LONGEST, Sentence, sentences, split, tokens
from tests.draft.spoken import transcript

WORDS = st.sampled_from(
    (
        "ja jeg har ikke feber , . ? to tre"
        " komma fem hundre og en halv 400mg 38,4 1/2 eh liksom tidagers 1+0+1 nei hoste Hva Er du mg. hø. … ½ –"
        " (x) X b12 på_en_måte ikke_sant"
    )
    .replace("_", "\N{NO-BREAK SPACE}")
    .split(" ")
)  # fmt: skip


def said(*lines: str) -> tuple[Sentence, ...]:
    return sentences(transcript(*lines))


def squeezed(text: str) -> str:
    return "".join(text.lower().split())


def words(sentence: Sentence) -> str:
    return " ".join(token.text for token in sentence.tokens)


@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_a_tokens_place_quotes_the_text(text: str) -> None:
    for token in tokens(text):
        if "+" not in token.text:
            assert squeezed(text[token.start : token.end]) == squeezed(token.text)


@given(st.lists(WORDS, min_size=1, max_size=14).map(" ".join))
def test_the_places_of_a_sentences_tokens_quote_its_text(text: str) -> None:
    for sentence in said(f"P: {text}"):
        for token in sentence.tokens:
            if "+" not in token.text:
                assert squeezed(sentence.text[token.start : token.end]) == squeezed(token.text)


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    list(split(text))
    tokens(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Jeg har feber. Og hoste.", ["Jeg har feber.", "Og hoste."]),
        ("jeg har feber. og hoste", ["jeg har feber.", "og hoste"]),
        ("Smerter hø. kne i 2 uker.", ["Smerter hø. kne i 2 uker."]),
        ("Apocillin 660 mg x 4 i 7 d. Ktr. om 2 uker.", ["Apocillin 660 mg x 4 i 7 d.", "Ktr. om 2 uker."]),
        ("Time 12. mars. Temp 38.5.", ["Time 12. mars.", "Temp 38.5."]),
        ("Sep. Marevan. Henv. ortoped.", ["Sep. Marevan.", "Henv. ortoped."]),
        ("Hvor lenge? Tre uker!", ["Hvor lenge?", "Tre uker!"]),
        ("Tidl. astma. Ktr. ved feber el. smerter.", ["Tidl. astma.", "Ktr. ved feber el. smerter."]),
    ],
)
def test_sentences_end_where_they_end(text: str, parts: list[str]) -> None:
    assert [part for part in split(text) if part] == parts


@pytest.mark.parametrize(
    "text",
    [
        "har du feber", "røyker du", "hvor lenge har du hatt det", "hva kan jeg hjelpe deg med", "er det noe mer", "og har du hoste",
        "ok og tar du noen medisiner", "når begynte det", "hovna han opp", "er du allergisk mot noe", "gjør det vondt her", "Feber?",
        "noen allergier?", "Du bruker Marevan, ikke sant?", "du har ikke feber?", "hva slags medisiner bruker du", "har hun feber",
        "har du feber no", "røykjer du", "kor lenge har du hatt det", "kva er det som plagar deg", "er det noko meir", "tek du noko fast",
        "når byrja det", "Du brukar Marevan, ikkje sant?", "har ho feber", "korleis går det", "tåler du penicillin", "kjem det slim",
        "om du har hatt feber", "Om ho har hatt feber.",
    ],
)  # fmt: skip
def test_a_question_is_known_without_its_mark(text: str) -> None:
    assert [sentence.asks for sentence in said(f"L: {text}")] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "når du svelger", "da tar du en tablett", "så har du vondt", "nå skal du få resept", "i går hadde jeg feber", "det har jeg ikke",
        "takk skal du ha", "ta det med ro", "ha det bra", "håper det går bra", "hvis du får feber, ta kontakt", "hvor det gjør vondt",
        "Blir du verre, kommer du tilbake.", "får du feber, så ring", "ti dager, sier jeg", "Da tar vi en kontroll om to uker, greit?",
        "Får du blemmer, sår i munnen eller feber, så drar du på legevakta.", "Men får du feber, så må du ringe.",
        "Ja, gjer det.", "Når INR er under to, starter du Eliquis.", "Varer smertene i ti minutter, ringer du 113.",
        "eg har vondt, kvar dag no", "det var pollen, husker jeg", "då tek du ein tablett", "no skal du få resept",
        "viss du får feber, ta kontakt", "blir du verre, ring", "ta det med ro då",
        "Og for beina, for skjelettet altså, får du Calcigran.", "Mot smertene, altså, tar du Paracet.",
        "For beinskjørleiken, får du Calcigran.",
        "jeg må vite hvor mye Levaxin du tar", "vi får se hva vi da gjør",
        "eg veit ikkje kor lenge du skal ta det",
        "Om du får feber, så ringer du.", "om du får feber så ring",
    ],
)  # fmt: skip
def test_what_asks_nothing(text: str) -> None:
    assert not any(sentence.asks for sentence in said(f"L: {text}"))


def test_a_question_after_a_statement_is_a_sentence_of_its_own() -> None:
    first, second = said("L: Du har vondt i magen, har du feber?")
    assert (words(first), first.asks) == ("du har vondt i magen ,", False)
    assert (words(second), second.asks) == ("har du feber ?", True)
    assert all(second.text[token.start : token.end].lower() == token.text for token in second.tokens)
    assert [s.asks for s in said("L: stoffskiftet ditt er for lavt hvor mye Levaxin tar du nå")] == [False, True]
    assert len(said("L: vi får se hva vi da gjør")) == 1
    assert [s.asks for s in said("L: stoffskiftet ditt er for lågt kor mykje Levaxin tek du no")] == [False, True]
    assert [s.asks for s in said("L: hei sett deg hva kan jeg hjelpe deg med")][-1]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("eh jeg har liksom vondt på en måte i øh halsen", "jeg har vondt i halsen"),
        ("eg har lissom vondt på ein måte i halsen", "eg har vondt i halsen"),
        ("jeg jeg har har vondt", "jeg har vondt"),
        ("fire eh hundre milligram", "fire hundre milligram"),
    ],
)
def test_what_says_nothing_is_left_out(text: str, kept: str) -> None:
    assert words(said(f"P: {text}")[0]) == kept


def test_what_only_fills_is_no_sentence() -> None:
    assert said("P: Eh.", "P: ... ,") == ()


def test_names_with_figures_stay_whole() -> None:
    assert [t.text for t in tokens("HbA1c, B12, Selo-Zok, x4")] == ["hba1c", ",", "b12", ",", "selo-zok", ",", "x", "4"]


def longest(text: str) -> int:
    return max(len(tokens(part)) for part in split(text))


@pytest.mark.parametrize(
    "said", ["feber og hoste ", "jeg har vondt og jeg fryser ", "a. ", "1/", "a b. ", ", ", "ikke "]
)
def test_what_goes_on_without_an_end_is_read_in_pieces(said: str) -> None:
    text = said * 400
    assert longest(text) <= LONGEST
    assert "".join("".join(split(text)).split()) == "".join(text.split())


def test_it_is_cut_where_somebody_begins_anew_rather_than_within_a_row() -> None:
    _, *more = split("jeg har vondt i hodet og nakken og ryggen" + " og jeg fryser i hodet og nakken og ryggen" * 12)
    assert more
    assert all(part.startswith("og jeg") for part in more)


def test_an_ordinary_sentence_is_whole() -> None:
    text = " ".join(["ord"] * LONGEST)
    assert list(split(text)) == [text]


def test_nothing_in_a_repr() -> None:
    (sentence,) = said("P: Jeg har feber.")
    assert "feber" not in repr(sentence) + repr(sentence.tokens)
