"""The words on a bill: every language has all of them, and a reader gets the one that they like."""

import re
from pathlib import Path
from string import Formatter

import orjson
import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from impl.documents.assets import assets
from impl.documents.document import DocumentError, Documents, Renderer, Style
from impl.documents.languages import chosen, tag
from impl.web.negotiation import languages

VOCABULARY = assets(None).words
OURS = ["ar", "de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt"]


def holes(word: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(word) if name}


def test_these_languages_are_there() -> None:
    assert list(VOCABULARY) == OURS


@pytest.mark.parametrize("language", OURS)
def test_a_catalogue_has_every_word_and_its_holes(language: str) -> None:
    text = VOCABULARY.catalogues[language].decode()
    keys = re.findall(r'^msgid "(.+)"$', text, re.MULTILINE)
    assert sorted(keys) == sorted(VOCABULARY["en"])
    words = VOCABULARY[language]
    for key, english in VOCABULARY["en"].items():
        assert words[key].strip(), key
        assert holes(words[key]) == holes(english), key
    assert words["bill"] != words["credit_note"]


def test_the_operators_words_count_more_and_may_add_a_language(tmp_path: Path) -> None:
    own = {"en": {"net": "Before tax"}, "de": {"net": "ohne"}, "de_AT": {"bill": "Honorarnote"}}
    (tmp_path / "words.json").write_bytes(orjson.dumps(own | {"fi": {"bill": "Lasku"}}))
    words = assets(tmp_path).words
    assert list(words) == sorted([*OURS, "de_AT", "fi"])
    assert (words["fi"]["bill"], words["fi"]["net"]) == ("Lasku", "Before tax")
    assert (words["de_AT"]["bill"], words["de_AT"]["net"]) == ("Honorarnote", "ohne")
    assert (words["de"]["bill"], words["de"]["paid"]) == ("Rechnung", "Bezahlt")
    assert "se" not in words


def test_a_locale_without_words_is_refused_with_the_languages_that_there_are() -> None:
    with pytest.raises(DocumentError, match=r"^locale: 'fi_FI' has no words; there are ar, de, en"):
        Documents(Style(locale="fi_FI"))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "de-CH"),
        ("fr", "fr"),
        ("de-AT,de;q=0.9,en;q=0.8", "de-AT"),
        ("de-at", "de-AT"),
        ("de", "de-CH"),
        ("de-DE-1901", "de-DE"),
        ("de-XY", "de-CH"),
        ("fr-XY", "fr"),
        ("en-US;q=0.3, fr-CH", "fr-CH"),
        ("fi, sv;q=0.9, ja;q=0.1", "ja"),
        ("fi, sv", "de-CH"),
        ("ar-SA-u-nu-arab", "ar-SA"),
        ("*", "de-CH"),
        ("en;q=0.5, *", "de-CH"),
        ("de;q=0, *", "ar"),
        ("de;q=0, ar;q=0, *;q=0.1", "en"),
        ("de;q=0", "de-CH"),
        ("es, de;q=0", "es"),
        ("fr;q=0.5,it;q=0.5", "fr"),
        ("fr;q=x, it", "it"),
        ("und-FR", "de-CH"),
        ("x-klingon, i-default, -, de_AT, \xff, ;;;", "de-CH"),
        ("fr," + "a" * 1000, "de-CH"),
    ],
)
def test_a_reader_gets_the_language_that_they_like_best(header: str, expected: str) -> None:
    usual = Locale.parse("de_CH")
    assert tag(chosen(languages(header), usual, VOCABULARY)) == expected


@given(st.text(max_size=60) | st.text("defrAT-*;q=01., ", max_size=60))
def test_any_header_chooses_a_language_that_there_is(header: str) -> None:
    found = chosen(languages(header), Locale.parse("en_GB"), VOCABULARY)
    assert VOCABULARY.name_for(found)
    assert Locale.parse(tag(found).replace("-", "_")) == found


@pytest.mark.parametrize(
    ("own", "header", "expected"),
    [
        ("fr", "de", "fr"),
        ("fr-CH", "fr;q=0, de", "fr-CH"),
        ("fr-CH-1901", "de", "fr-CH"),
        ("de", "fr", "de-CH"),
        ("fi", "it", "it"),
        ("fi", "", "de-CH"),
        (None, "it", "it"),
        (7, "it", "it"),
        ("-" * 5000, "it", "it"),
        ("no such language", "it", "it"),
    ],
)
def test_the_bills_own_language_goes_before_the_readers(
    own: object, header: str, expected: str
) -> None:
    documents = Renderer(Style(locale="de_CH"))
    assert documents.language(languages(header), {"language": own}) == expected
