"""The effective contract: the standard's document with the overlay applied, and checked."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml
from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext import parse
from oas_patch.overlay import apply_overlay
from openapi_spec_validator import validate
from openapi_spec_validator.schemas import schema_v30
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError
from referencing.exceptions import Unresolvable

from openapi import merge_patch, variants
from openapi.members import ContractError, Json

HERE = Path(__file__).parent


def effective(standard: Path, overlay: Path) -> Json:
    """The overlay applied to the standard, its merge patch forms expanded, and checked.

    Beside the actions of the standard for overlays, `x-include` puts in those of another file but
    those with `x-own`, `x-default` is an update that leaves what is there, and `x-copy` copies a
    member.
    Raises ContractError if that makes no valid document. `variants.py` derives two documents from
    it: one that requests are validated against, and one for clients.
    """
    document = load(standard)
    if not str(document.get("openapi")).startswith("3.0."):
        raise ContractError(f"{standard.name}: only OpenAPI 3.0 is read here; convert it first")
    text = json.dumps(document)
    for action in _actions(overlay):
        text = action.applied(text)
    document = dict(json.loads(text))
    where = f"{standard.name} with {overlay.name}"
    try:
        _check(document, where)
        merge_patch.expand(document)
        _check(variants.served(document), where)
        _check(variants.strict(document), where)
    except RecursionError:
        raise ContractError(f"{where}: something is defined as itself") from None
    return document


def load(path: Path) -> Json:
    """The mapping in a YAML or JSON file, as JSON: all names are text, no two places share a value.

    Raises ContractError if the file holds none.
    """
    try:
        content = _parsed(path.read_bytes())
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContractError(f"{path.name}: line {line}: {error.problem}") from None
    except (OSError, yaml.YAMLError) as error:
        raise ContractError(f"{path.name}: {_line(error)}") from None
    if not isinstance(content, dict):
        raise ContractError(f"{path.name}: holds no mapping")
    try:
        plain: Json = json.loads(json.dumps(content))
    except (TypeError, ValueError) as error:
        raise ContractError(f"{path.name}: is more than JSON can hold: {_line(error)}") from None
    return plain


def dump(document: Json) -> str:
    """The document as YAML, the same bytes for the same document."""
    return yaml.dump(document, Dumper=_PlainDumper, sort_keys=False, width=100, allow_unicode=True)


class _Loader(yaml.CSafeLoader):
    """A loader with the scalars of JSON (YAML 1.2): `no` and a date are text."""


_Loader.yaml_implicit_resolvers = {}
for _kind, _pattern, _first in (
    ("merge", r"<<", "<"),
    ("null", r"~|null|", ["~", "n", ""]),
    ("bool", r"true|false", "tf"),
    ("int", r"-?(0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", "-0123456789"),
):
    _whole = re.compile(f"^(?:{_pattern})$")
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", _whole, list(_first))


def _parsed(text: bytes) -> Any:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _refuse_duplicates(node)
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _refuse_duplicates(root: yaml.Node) -> None:
    """Raise ConstructorError if a mapping has a name twice; PyYAML would keep the last one."""
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen or isinstance(node, yaml.ScalarNode):
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            names = [key.value for key, _ in node.value]
            for index, (key, _) in enumerate(node.value):
                if key.value in names[:index]:
                    trouble = f"{key.value!r} comes twice"
                    raise yaml.constructor.ConstructorError(None, None, trouble, key.start_mark)
        waiting += [
            each for pair in node.value for each in (pair if type(pair) is tuple else [pair])
        ]


class _PlainDumper(yaml.CSafeDumper):
    """A dumper without aliases, for reviewers: it writes a shared value at each place."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


@dataclass(frozen=True)
class _Action:
    """An action of an overlay, and its place for messages."""

    where: str
    words: Json
    is_included: bool
    """An included overlay is for many documents: its actions may match nothing."""

    def applied(self, before: str) -> str:
        """The document after the action, as JSON, so that several matches share no value."""
        target = self.words.get("target")
        if not isinstance(target, str) or not _CHANGES & self.words.keys():
            needed = "an `update`, `remove` or `copy`"
            raise ContractError(f"{self.where}: needs a `target`, and {needed}")
        document = json.loads(before)
        try:
            after = json.dumps(self._changed(document, target))
            matches = after != before or parse(target).find(document)
        except (JSONPathError, AttributeError, KeyError, TypeError, ValueError) as error:
            raise ContractError(f"{self.where}: {target}: {_line(error)}") from None
        if after == before and not self.is_included:
            trouble = "changes nothing" if matches else "matches nothing"
            raise ContractError(f"{self.where}: {target} {trouble}")
        return after

    def _changed(self, document: Json, target: str) -> Json:
        for word in _OWN_CHANGES.keys() & self.words.keys():
            for match in parse(target).find(document):
                _OWN_CHANGES[word](match.value, self.words[word])
            return document
        return dict(apply_overlay(document, {"actions": [self.words]}))


def _actions(overlay: Path, *, is_included: bool = False) -> Iterator[_Action]:
    """The actions of an overlay; those of an overlay that it includes stand in its place."""
    actions = load(overlay).get("actions")
    if not isinstance(actions, list) or not all(isinstance(each, dict) for each in actions):
        raise ContractError(f"{overlay.name}: `actions` must be a list of mappings")
    for number, words in enumerate(actions, 1):
        where = f"{overlay.name}: action {number}"
        if "x-include" in words:
            yield from _included(overlay, words, where)
        elif not (is_included and words.get("x-own")):
            yield _Action(where, words, is_included)


def _included(overlay: Path, words: Json, where: str) -> Iterator[_Action]:
    """The actions of the file that an action names, beside the overlay or else in this package.

    `x-names` has other names for schemas and operations that they name.
    """
    name, names = str(words["x-include"]), words.get("x-names", {})
    paths = [folder / name for folder in (overlay.parent, HERE) if folder / name != overlay]
    path = next((each for each in paths if each.is_file()), None)
    if path is None:
        raise ContractError(f"{where}: there is no {name} to include")
    for action in _actions(path, is_included=True):
        yield replace(action, words=_renamed(action.words, names))


def _renamed(action: Json, names: dict[str, str]) -> Json:
    """The action with other names wherever these stand as whole words."""
    if not names:
        return action
    word = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])")
    renamed: Json = json.loads(word.sub(lambda found: names[found[0]], json.dumps(action)))
    return renamed


def _add_missing(there: Any, default: Any) -> None:
    """Add members and items of the default that are not there; what is there stays."""
    if isinstance(there, dict) and isinstance(default, dict):
        for name, value in default.items():
            _add_missing(there.setdefault(name, value), value)
    elif isinstance(there, list) and isinstance(default, list):
        there.extend([each for each in default if each not in there])


def _copy_member(there: Json, names: Json) -> None:
    """Copy the member called `from` to the name `to`, if there is none of that name."""
    there.setdefault(names["to"], there[names["from"]])


_OWN_CHANGES = {"x-default": _add_missing, "x-copy": _copy_member}
_CHANGES = {"update", "remove", "copy", *_OWN_CHANGES}


def _check(document: Json, where: str) -> None:
    try:
        validate(document)
    except OpenAPIValidationError as error:
        trouble = next(jsonschema_rs.Draft4Validator(dict(schema_v30)).iter_errors(document), None)
        raise ContractError(f"{where}: {_brief(trouble) if trouble else _line(error)}") from None
    except Unresolvable as error:
        raise ContractError(f"{where}: {error.ref} leads nowhere") from None


def _brief(error: jsonschema_rs.ValidationError) -> str:
    """The fault and its place; if all alternatives fail, that of the one that got furthest."""
    kind: Any = error.kind  # its attributes differ by keyword; the stubs don't have them
    failed = [each for errors in getattr(kind, "context", []) for each in errors]
    if failed:
        return _brief(max(failed, key=lambda each: len(each.instance_path)))
    return f"{' > '.join(map(str, error.instance_path)) or 'the document'}: {_line(error)}"


def _line(error: Exception) -> str:
    """The first line of an error's message, at most 200 characters."""
    return (str(error) or type(error).__name__).splitlines()[0][:200]
