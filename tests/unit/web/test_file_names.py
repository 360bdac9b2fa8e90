"""What files are called at the client's: short, safe on every system, never empty."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.web.file_names import MAX_LENGTH, content_disposition

HEADER = re.compile(r"inline; filename=\"([^\"]+)\.pdf\"; filename\*=UTF-8''([^;\" ]+)\.pdf")


def names(text: str) -> tuple[str, str]:
    """The plain name and the one in any script, without their ending."""
    found = HEADER.fullmatch(content_disposition(text, "pdf"))
    assert found, content_disposition(text, "pdf")
    return found[1], unquote(found[2])


@pytest.mark.parametrize(
    ("text", "plain", "whole"),
    [
        ("2026-00000001", "2026-00000001", "2026-00000001"),
        ("INV.7_b", "INV.7_b", "INV.7_b"),
        ("R&D; 50% = 1<2", "R_D_50_1_2", "R_D_50_1_2"),
        ("../../etc/passwd", "etc_passwd", "etc_passwd"),
        ("C:\\bills\\1", "C_bills_1", "C_bills_1"),
        (".hidden", "hidden", "hidden"),
        ("-rf", "rf", "rf"),
        ("7. ", "7", "7"),
        ('a"b\r\nSet-Cookie: c', "a_b_Set-Cookie_c", "a_b_Set-Cookie_c"),
        ("a\0\x1b\x7f\x85b", "a_b", "a_b"),
        ("1\u202efdp.exe", "1_fdp.exe", "1_fdp.exe"),
        ("\u2066x\u2069\u200b", "x", "x"),
        ("Müller/7", "Muller_7", "Müller_7"),
        ("Mu\u0308ller", "Muller", "Müller"),
        ("請求書-7", "7", "請求書-7"),
        ("請求書", "document", "請求書"),
        ("\uff0e\uff0e\uff0f\uff11", "1", "1"),
        ("CON", "_CON", "_CON"),
        ("nul.2026", "_nul.2026", "_nul.2026"),
        ("com\u00b9", "_com1", "_com1"),
        ("coné\u4e8c", "cone", "coné\u4e8c"),
        ("con\u4e8c", "_con", "con\u4e8c"),
        ("contract", "contract", "contract"),
        *((text, "document", "document") for text in ("", " ", "...", "/", "\U0001f4b6", "_-.")),
    ],
)
def test_a_name_is_safe_and_says_what_it_can(text: str, plain: str, whole: str) -> None:
    assert names(text) == (plain, whole)


def test_a_long_name_is_cut() -> None:
    assert names("9" * 10_000) == ("9" * MAX_LENGTH,) * 2
    assert names("9" * (MAX_LENGTH - 1) + ". 9") == ("9" * (MAX_LENGTH - 1),) * 2
    assert len(content_disposition("\U00020000" * 10_000, "pdf")) < 1_100


@given(st.text() | st.text("./\\\\ -_\0\u202ecomCON1\u00b9é:", max_size=9))
def test_any_name_is_one_that_any_system_takes(text: str) -> None:
    plain, whole = names(text)
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", plain)
    for name in (plain, whole):
        assert 0 < len(name) <= MAX_LENGTH + 1
        assert re.fullmatch(r"\w[\w.-]*", name)
        assert name[-1] not in ".-_ "
        assert not re.match(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", name, re.IGNORECASE)
