"""The words on a bill by language: gettext catalogues of ours, and what the operator says instead.

A word is known by its key, such as `due_date`, whatever the language.
"""

import io
from collections.abc import Iterator, Mapping

from babel import Locale
from babel.messages.pofile import read_po

LANGUAGE = "en"
"""Whose words stand for those that a language lacks."""

Words = Mapping[str, str]


class Vocabulary(Mapping[str, Words]):
    """Words by language (`de`) or locale (`de_CH`); a catalogue is read when it is first used.

    `catalogues` are the bytes of `.po` files by language. `own` are the operator's words: they
    count more, and may add languages. A locale has the words of its language, but for its own.
    """

    def __init__(self, catalogues: Mapping[str, bytes], own: Mapping[str, Words]) -> None:
        self.catalogues = catalogues
        self.own = own
        self.languages = {name.partition("_")[0] for name in self}
        self._read: dict[str, Words] = {}

    def __getitem__(self, name: str) -> Words:
        if name not in self.catalogues and name not in self.own:
            raise KeyError(name)
        if name not in self._read:
            words: dict[str, str] = {}
            for step in dict.fromkeys((LANGUAGE, name.partition("_")[0], name)):
                words |= {**self._ours(step), **self.own.get(step, {})}
            self._read[name] = words
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self.catalogues, *self.own}))

    def __len__(self) -> int:
        return len({*self.catalogues, *self.own})

    def name_for(self, locale: Locale) -> str:
        """Under which name there are words for the locale; empty where there are none."""
        scripted = f"{locale.language}_{locale.script}"
        names = (str(locale), scripted, str(locale.language))
        return next((each for each in names if each in self), "")

    def _ours(self, name: str) -> Words:
        catalogue = read_po(io.BytesIO(self.catalogues.get(name, b"")))
        return {str(message.id): str(message.string) for message in catalogue if message.id}
