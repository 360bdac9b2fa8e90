"""The words on a bill by language: the built-in gettext catalogues, and the operator's own words.

Each word has a key, such as `due_date`, that is the same in all languages.
"""

import io
from collections.abc import Iterator, Mapping

from babel import Locale
from babel.messages.pofile import read_po

DEFAULT_LANGUAGE = "en"
"""The language of words that another language lacks."""

Words = Mapping[str, str]


class Vocabulary(Mapping[str, Words]):
    """Words by language (`de`) or locale (`de_CH`); a catalogue is parsed when first used.

    `catalogues` are the bytes of `.po` files by language. `own` are the operator's words, which
    come first and may add languages. A locale has its own words, and those of its language.
    """

    def __init__(self, catalogues: Mapping[str, bytes], own: Mapping[str, Words]) -> None:
        self.catalogues = catalogues
        self.own = own
        self.languages = {name.partition("_")[0] for name in self}
        self._parsed: dict[str, Words] = {}

    def __getitem__(self, name: str) -> Words:
        if name not in self.catalogues and name not in self.own:
            raise KeyError(name)
        if name not in self._parsed:
            words: dict[str, str] = {}
            for step in dict.fromkeys((DEFAULT_LANGUAGE, name.partition("_")[0], name)):
                words |= {**self._built_in(step), **self.own.get(step, {})}
            self._parsed[name] = words
        return self._parsed[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self.catalogues, *self.own}))

    def __len__(self) -> int:
        return len({*self.catalogues, *self.own})

    def name_for(self, locale: Locale) -> str:
        """The name under which the locale has words; blank if it has none."""
        scripted = f"{locale.language}_{locale.script}"
        names = (str(locale), scripted, str(locale.language))
        return next((each for each in names if each in self), "")

    def _built_in(self, name: str) -> Words:
        catalogue = read_po(io.BytesIO(self.catalogues.get(name, b"")))
        return {str(message.id): str(message.string) for message in catalogue if message.id}
