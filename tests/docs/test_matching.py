"""What counts as the output that a page shows."""

import pytest

from tests.docs.matching import matches


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("15 exported", "15 exported\n"),
        ("a  b\nc", "a b c"),
        ("location: ...\nok", "location: http://127.0.0.1/1\nok"),
        ('{"a":1,"b":2}', '{ "b": 2, "a": 1 }'),
        ('{"id":"...","a":{"b":[1]}}', '{"a":{"b":[1]},"id":"01M8"}'),
        ('{...,"b":2}', '{"a":1,"b":2,"c":3}'),
        ('{"b":2,...}', '{"b":2}'),
        ('[{"a":1},...]', '[{"a":1},{"a":2}]'),
        ('[...,{"a":2},...]', '[{"a":1},{"a":2},{"a":3}]'),
        ('{"a":...}', '{"a":{"b":1}}'),
        ('{"a":"1"}\n{"a":"..."}', '{"a":"1"}\n{"a":"2"}'),
        ('{"url":"http://.../errors#2"}', '{"url":"http://127.0.0.1:8080/errors#2"}'),
        ('{"text":"cut h...', '{"text":"cut here"}'),
        ("", "\n"),
    ],
)
def test_the_same_but_for_what_is_cut(shown: str, printed: str) -> None:
    assert matches(shown, printed)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("15 exported", "16 exported"),
        ("ok", "ok, but"),
        ("", "a warning"),
        ('{"a":1}', '{"a":2}'),
        ('{"a":1}', '{"a":"1"}'),
        ('{"a":1}', '{"a":true}'),
        ('{"a":1}', '{"a":1,"b":2}'),
        ('{"a":1,"b":2}', '{"a":1}'),
        ('{...,"b":2}', '{"a":1}'),
        ('[{"a":1},{"a":2}]', '[{"a":2},{"a":1}]'),
        ('[{"a":1}]', '[{"a":1},{"a":2}]'),
        ('[{"a":3},...]', '[{"a":1},{"a":2}]'),
        ('{"a":"1"}', '{"a":"1"}\n{"a":"2"}'),
        ('{"id":"...-7"}', '{"id":"2026-8"}'),
        ('{"a":"1"}', "curl: (7) Failed to connect"),
    ],
)
def test_something_else(shown: str, printed: str) -> None:
    assert not matches(shown, printed)
