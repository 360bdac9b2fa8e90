"""Which API a process serves."""

import pytest

from impl.plugin import TMF678, chosen


def test_a_server_is_one_of_tmf678_unless_a_module_is_named() -> None:
    assert chosen("") is TMF678


@pytest.mark.parametrize("name", ["no_such_module", "impl.errors"])
def test_a_module_without_a_plugin_is_refused_by_name(name: str) -> None:
    with pytest.raises(SystemExit, match=f"API_PLUGIN: {name} is no module with a PLUGIN"):
        chosen(name)
