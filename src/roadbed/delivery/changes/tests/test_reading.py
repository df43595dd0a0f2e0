"""Reading words and finding phrases: the notation of the vocabulary, and no crossing of sentences."""

from __future__ import annotations

import re

import pytest

from roadbed.delivery.changes.kinds.reading import Index, concept, read, spelled
from roadbed.delivery.changes.kinds.vocabulary import CONCEPTS


@pytest.mark.parametrize(
    ("listed", "text", "words"),
    [
        ("crash*", "It CRASHED again", "CRASHED"),
        ("time* out", "requests timed-out", "timed-out"),
        ("(go|went) back", "We went back.", "went back"),
        ("turn* .. off", "Turn the new feed off", "Turn the new feed off"),
        ("turn* .. off", "Turn left. Off you go", None),
        ("turn* .. off", "Turn one two three four five off", None),
        ("leak*, !memory leak*, !leaks memory", "a key leaks", "leaks"),
        ("leak*, !memory leak*", "a memory leak", None),
        ("→ (old|blue)", "traffic -> blue", "→ blue"),
        ("fee", "feed", None),
        ("only (|the) docs", "only docs", "only docs"),
    ],
)
def test_the_notation(listed: str, text: str, words: str | None):
    found = Index([concept("a", listed)]).find(read(text))
    assert (found["a"].words if found else None) == words


def test_a_word_can_be_taken_as_unknown():
    index = Index([concept("a", "crash*, hang*")])
    text = read("It hangs, then crashes")
    assert index.listed_in(text) == {("a", "crash*"), ("a", "hang*")}
    assert index.find(text, {("a", "hang*")})["a"].words == "crashes"


def test_the_vocabulary_is_well_formed():
    word = re.compile(r"[^\W_]+(?:'[^\W_]+)?|\d+(?:\.\d+)+|%|→")
    names = [one.name for one in CONCEPTS]
    assert len(names) == len(set(names))
    for one in CONCEPTS:
        assert one.words
        for listed in one.words:
            assert listed == listed.lower(), (one.name, listed)
            phrases = list(spelled(listed.removeprefix("!")))
            assert phrases, (one.name, listed)
            for phrase in phrases:
                assert not phrase[0].gap, (one.name, listed)
                told = [text for part in phrase if not part.gap for text in (*part.exact, *part.stems)]
                assert all(word.fullmatch(text) for text in told), (one.name, listed)
