"""The documents of a bill: what a customer finds in them, whatever the bill says."""

import base64
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impl.documents.document import DocumentError, Documents, Style
from impl.documents.limits import MAX_TEXT
from tests.sizes import examples
from tests.unit.documents.bills import DAY, RATES, demo, lines, money, rate
from tests.unit.documents.page import Page
from tests.unit.documents.pdf import pages

STYLE = Style(seller_name="Lumen & Wave", seller_address="12 Harbour Lane\nZürich\\nCH; VAT 123")
DOCUMENTS = Documents(STYLE)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////"
    "////////////////////////////wAALCAABAAIBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/"
    "2gAIAQEAAD8AN//Z"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'

Read = Callable[[dict[str, Any], list[dict[str, Any]]], str]


def of_pdf(bill: dict[str, Any], rates: list[dict[str, Any]]) -> str:
    return " ".join(" ".join(pages(DOCUMENTS.pdf(bill, rates))).split())


def of_html(bill: dict[str, Any], rates: list[dict[str, Any]]) -> str:
    return Page(DOCUMENTS.html(bill, rates)).text


both = pytest.mark.parametrize("read", [of_pdf, of_html])


@both
def test_a_customer_finds_everything(read: Read) -> None:
    text = read(*demo("bill-2026-03-2001"))
    for expected in (
        *("Lumen & Wave", "12 Harbour Lane", "Zürich", "CH", "VAT 123"),
        *("Ines Quillmark, Hollin & Vane Bicycles", "Bill receiver", "Payer"),
        *("Bill number 00004721", "Bill date 1 March 2026", "Billing period 1\u201328 Feb 2026"),
        *("Due date 15 March 2026", "(account-2001)", "Bank transfer"),
        *("Charges and credits", "Leased line, 1 Gbit/s 1\u201331 Mar 2026 489.50 529.15"),
        *("Net total CHF 1,069.36 VAT 8.1% CHF 86.62 Total CHF 1,155.98", "-CHF 462.39"),
        "Remaining amount CHF 693.59",
    ):
        assert expected in text


@both
def test_a_settled_bill_says_that_it_is_paid(read: Read) -> None:
    assert "Paid CHF 1," in read(*demo("bill-2026-02-2001"))
    assert "On hold" not in read(*demo("bill-2026-02-2001"))


@both
def test_a_bill_on_hold_says_so(read: Read) -> None:
    assert "Bill \u2013 On hold" in read(*demo("bill-2026-06-2001"))


@both
def test_hostile_text_is_shown_as_it_is(read: Read) -> None:
    hostile = '#import "x" $x$ *b* _i_ <script>alert(1)</script> {{ 7*7 }} \\ \' " & `c` @d //e'
    bill = {"billNo": hostile, "relatedParty": [{"id": "1", "name": hostile, "role": hostile}]}
    assert read(bill, [rate(hostile, 1, 1, product=hostile)]).count(hostile) >= 4


def test_html_has_no_script_and_refers_to_nothing() -> None:
    name = "<script>alert(1)</script><img src=http://x><a href='javascript:x'>"
    page = Page(DOCUMENTS.html({"billNo": name}, [rate(name, 1, 1)]))
    assert not {"script", "img", "a", "link", "iframe"} & {tag for tag, _ in page.tags}
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x01\x1f\x7f\x85\u2028\u2029",
        "\ud83d",
        "\ufffe\uffff\U0001ffff",
        "\u202eevil\u202c \u2067x",
        "\U0001f600 👩\u200d👩\u200d👧",
        "中文 日本語 한국어",
        "فاتورة חשבון",
        "\ue000\U000f0000",
        "x" * 10_240,
        "#" * 10_240,
        "word " * 5000,
        "\u0301" * 500,
        "\u200b\u00ad" * 100,
    ],
)
def test_no_text_breaks_a_document(text: str) -> None:
    reference = {"id": text, "name": text, "role": text}
    bill = {
        "billNo": text,
        "category": text,
        "billingAccount": reference,
        "relatedParty": [reference] * 2,
        "taxItem": [{"taxCategory": text, "taxAmount": money(1, text)}],
        "amountDue": money(1, text),
    }
    rates = [rate(text, 1, 1, product=text, description=text), rate("Kept.", 1, 1)]
    assert "Kept." in of_pdf(bill, rates)
    html = DOCUMENTS.html(bill, rates).decode()
    assert "Kept." in html
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", html)


@both
def test_missing_everything_is_a_bill_that_says_nothing(read: Read) -> None:
    assert "Bill" in read({}, [])
    assert "€" not in read({}, [])
    assert "None" not in read({}, [{}])


@both
def test_what_makes_no_sense_is_left_out(read: Read) -> None:
    nonsense: list[Any] = [None, 7, True, "text", [], [[]], {}, {"a": {}}, {"value": "x"}]
    nonsense += [{"unit": [], "value": True}, {"unit": "EUR", "value": float("nan")}]
    names = ["billNo", "billDate", "lastUpdate", "category", "state", "billingPeriod", "amountDue"]
    names += ["taxItem", "relatedParty", "appliedPayment", "billingAccount", "taxIncludedAmount"]
    for value in nonsense:
        bill = dict.fromkeys(names, value)
        odd = dict.fromkeys(["name", "product", "periodCoverage", "taxExcludedAmount"], value)
        assert "Kept." in read(bill, [odd, rate("Kept.", 1, 1)])


def test_the_same_bill_gives_the_same_bytes_from_anyone_and_any_thread() -> None:
    bill, rates = demo("bill-2026-03-2001")
    other = Documents(STYLE)
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: DOCUMENTS.pdf(bill, rates), range(24)))
    assert made == {other.pdf(bill, rates)}
    assert DOCUMENTS.html(bill, rates) == other.html(bill, rates)


def test_a_pdf_is_archivable_accessible_and_names_its_bill() -> None:
    pdf = DOCUMENTS.pdf(*demo("bill-2026-03-2001"))
    assert pdf.startswith(b"%PDF-1.7")
    for expected in (b"<pdfaid:part>2<", b"<pdfaid:conformance>A<", b"<pdfuaid:part>1<"):
        assert expected in pdf
    assert b"/StructTreeRoot" in pdf
    assert b"Bill 00004721" in pdf
    assert b"Lumen &amp; Wave" in pdf
    assert b"2026-03-20T00:00:00" in pdf


def test_letters_that_no_font_has_make_it_plain_pdf() -> None:
    pdf = DOCUMENTS.pdf({"billNo": "你好"}, [])
    assert pdf.startswith(b"%PDF-")
    assert b"pdfaid" not in pdf


@pytest.mark.parametrize("year", [1, 1969, 2026, 9999])
def test_a_pdf_can_be_of_any_date(year: int) -> None:
    day = DAY.replace(year=year)
    assert str(year) in of_pdf({"billDate": day, "lastUpdate": day}, [])
    assert str(year) in of_pdf({"billDate": day.replace(tzinfo=None)}, [])


def test_html_is_accessible() -> None:
    page = Page(DOCUMENTS.html(*demo("bill-2026-03-2001")))
    assert ("html", {"lang": "en", "dir": "ltr"}) in page.tags
    assert {attributes.get("scope") for tag, attributes in page.tags if tag == "th"} == {
        *("col", "row", "rowgroup")
    }
    assert [tag for tag, _ in page.tags if tag in ("h1", "main", "title")] == [
        "title",
        "main",
        "h1",
    ]


@pytest.mark.parametrize("count", [1, 30, 2000])
def test_many_lines_take_many_pages_and_none_is_lost(count: int) -> None:
    bill, _ = demo("bill-2026-03-2001")
    text = pages(DOCUMENTS.pdf(bill, lines(count)))
    assert sum(len(re.findall(r"Line \d+\.", page)) for page in text) == count
    assert all("Description" in page for page in text)
    assert all(f"Page {at} of {len(text)}" in page for at, page in enumerate(text, 1))
    assert all(page.count("Bill 00004721") == 1 for page in text)
    assert all("Account of Hollin & Vane Bicycles (account-2001)" in page for page in text[1:])
    assert all("Lumen & Wave" in page for page in text)
    assert 1 + count // 50 <= len(text) <= 2 + count // 25


@pytest.mark.parametrize("count", range(14, 60, 3))
def test_no_total_stands_alone_on_a_page(count: int) -> None:
    bill, _ = demo("bill-2026-03-2001")
    for page in pages(DOCUMENTS.pdf(bill, lines(count))):
        for total in ("Subtotal", "Net total"):
            assert total not in page or re.search(r"Line \d+\.", page.partition(total)[0])


@pytest.mark.parametrize("name", ["logo.png", "logo.jpg", "logo.svg"])
def test_a_logo_is_in_both_documents(name: str, tmp_path: Path) -> None:
    content = {"logo.png": PNG, "logo.jpg": JPEG, "logo.svg": SVG}[name]
    (tmp_path / name).write_bytes(content)
    documents = Documents(Style(seller_logo=tmp_path / name, seller_name="Lumen"))
    (source,) = (each["src"] for tag, each in Page(documents.html({}, [])).tags if tag == "img")
    assert source
    assert base64.b64decode(source.partition("base64,")[2]) == content
    assert b"/Alt(Lumen)" in documents.pdf({}, []) or b"/Figure" in documents.pdf({}, [])


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", PNG[:30], PNG[:-20], JPEG[:40], b"\xff\xd8\xff", b"<svg", b"<svg/>\xff"],
)
def test_a_broken_logo_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "logo").write_bytes(content)
    with pytest.raises(DocumentError, match=r"logo: .*logo"):
        Documents(Style(seller_logo=tmp_path / "logo"))


@pytest.mark.parametrize(
    ("style", "named"),
    [
        (Style(locale="xx_XX"), "locale: 'xx_XX'"),
        (Style(locale="?"), "locale: '\\?'"),
        (Style(locale=""), "locale: ''"),
        (Style(time_zone="Mars/Olympus"), "time zone: 'Mars/Olympus'"),
        (Style(time_zone="../etc/passwd"), "time zone: "),
        (Style(time_zone="Europe"), "time zone: 'Europe'"),
        (Style(time_zone=""), "time zone: ''"),
        (Style(seller_logo=Path("/nowhere.png")), r"logo: /nowhere\.png"),
        (Style(templates=Path("/nowhere")), "templates: /nowhere"),
        (Style(fonts=Path("/nowhere")), "fonts: /nowhere can't be read"),
    ],
)
def test_a_wrong_style_is_named(style: Style, named: str) -> None:
    with pytest.raises(DocumentError, match=named):
        Documents(style)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bill.typ", "#let"),
        ("bill.typ", "#json(bytes(sys.inputs.statement)).nothing"),
        ("bill.typ", '#import "other.typ": x'),
        ("bill.html.jinja", "{% if %}"),
        ("bill.html.jinja", "{{ bill.nothing }}"),
        ("bill.html.jinja", "{{ bill.groups[99].name }}"),
        ("words.json", "{"),
        ("words.json", "[]"),
        ("words.json", '{"en": {"bill": 1}}'),
    ],
)
def test_a_broken_template_is_named(name: str, content: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(DocumentError, match=f"templates: .*{Path(name).stem}"):
        Documents(Style(templates=tmp_path))


def test_a_folder_without_a_template_is_named(tmp_path: Path) -> None:
    (tmp_path / "bil.typ").touch()
    with pytest.raises(DocumentError, match=r"templates: .* holds none of bill\.typ"):
        Documents(Style(templates=tmp_path))


def test_a_folder_may_replace_only_paper(tmp_path: Path) -> None:
    (tmp_path / "bill.typ").write_text(
        '#import "parts.typ": bill\n#let s = json(bytes(sys.inputs.statement))\n#bill(s.number)'
    )
    (tmp_path / "parts.typ").write_text("#let bill(number) = [Invoice no. #number]")
    documents = Documents(Style(templates=tmp_path))
    assert pages(documents.pdf({"billNo": "7"}, [])) == ["Invoice no. 7\n"]
    assert b"<h1>Bill</h1>" in documents.html({}, [])


def test_a_folder_may_replace_only_the_page(tmp_path: Path) -> None:
    (tmp_path / "bill.html.jinja").write_text("<p>{{ bill.number }}{% include 'foot.jinja' %}")
    (tmp_path / "foot.jinja").write_text("<hr>")
    documents = Documents(Style(templates=tmp_path))
    assert documents.html({"billNo": "<7>"}, []) == b"<p>&lt;7&gt;<hr>"
    assert documents.pdf({"billNo": "7"}, []) == Documents(Style()).pdf({"billNo": "7"}, [])


def test_a_folder_may_bring_only_words(tmp_path: Path) -> None:
    (tmp_path / "words.json").write_text('{"fi": {"bill": "Lasku"}, "en": {"net": "Before tax"}}')
    finnish = Documents(Style(locale="fi_FI", templates=tmp_path)).html({}, [rate("x", 1, 1)])
    assert b'<html lang="fi"' in finnish
    assert b"<h1>Lasku</h1>" in finnish
    assert b"Before tax" in finnish


def test_a_folder_may_bring_fonts(tmp_path: Path) -> None:
    found = sorted(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"))
    if not found:
        pytest.skip("this machine has no font to try with")
    (tmp_path / "fonts").mkdir()
    (tmp_path / "words.json").write_text("{}")
    without = Documents(Style(templates=tmp_path))
    (tmp_path / "fonts" / "a.ttf").write_bytes(found[0].read_bytes())
    documents = Documents(Style(templates=tmp_path))
    berber = {"billNo": "ⴰⵣⵓⵍ"}
    assert b"pdfaid" not in without.pdf(berber, [])
    assert b"pdfaid" in documents.pdf(berber, [])
    assert documents.fingerprint != without.fingerprint


def test_a_bill_is_in_any_language_that_there_is_and_in_the_numbers_of_its_country() -> None:
    bill = {"amountDue": money(1234.5), "billDate": DAY}
    german, austrian = DOCUMENTS.html(bill, [], "de"), DOCUMENTS.html(bill, [], "de-AT")
    assert all(b'<html lang="de"' in page for page in (german, austrian))
    assert "1.234,50\xa0€".encode() in german
    assert "€\xa01.234,50".encode() in austrian
    assert "Rechnungsdatum 1. Juli 2026" in " ".join(
        " ".join(pages(DOCUMENTS.pdf(bill, [], "de"))).split()
    )


def test_what_a_reader_likes_is_one_of_the_languages_that_there_are() -> None:
    assert DOCUMENTS.language([("fi", 1), ("pt-BR", 0.5)], {}) == "pt-BR"
    assert DOCUMENTS.language([], {}) == "en-GB"


def test_a_language_is_written_in_its_direction() -> None:
    documents = Documents(Style(locale="ar_EG"))
    assert b'<html lang="ar" dir="rtl">' in documents.html({}, [])
    assert documents.pdf(*demo("bill-2026-03-2001")).startswith(b"%PDF-")


@pytest.mark.parametrize("locale", ["en_GB", "ar_EG"])
def test_the_minus_of_an_amount_stays_before_its_digits(locale: str) -> None:
    html = Documents(Style(locale=locale)).html({"amountDue": money(-5)}, [rate("x", -1234.5, -2)])
    assert ("\u200e-1,234.50" if locale == "ar_EG" else ">-1,234.50") in html.decode()


def copied(pdf: bytes, *options: str) -> str:
    """What a reader copies from the pages, by poppler."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext (poppler-utils) is not there to copy from pages with")
    command = [program, *options, "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


MAIL = "accounts-payable@hollin-and-vane.example.com"
IBAN = "LC55HEMM000100010012001200023015"


def test_what_a_customer_copies_has_nothing_that_they_did_not_see() -> None:
    parties = [{"id": "1", "name": MAIL}, {"id": "2", "name": "z" * 80}]
    method = {"id": "1", "name": f"SEPA {IBAN[:22]}"}
    bill = {"paymentMethod": method, "billNo": "y" * 30, "relatedParty": parties}
    rates = [rate(f"Mail to {MAIL} soon", 1, 1, description=f"From {IBAN} and {'w' * 300}")]
    pdf = DOCUMENTS.pdf(bill, rates)
    for read in (lambda pdf: "".join(pages(pdf)), copied):
        text = read(pdf)
        assert MAIL in text
        assert IBAN in text
        assert IBAN[:22] in text
        assert text.count("w") >= 300
        assert not [c for c in text if unicodedata.category(c) == "Cf"]


@pytest.mark.parametrize("width", [30, 200, 1000])
def test_a_word_that_is_wider_than_its_column_is_cut_and_not_lost(width: int) -> None:
    word = "".join(chr(ord("a") + n % 26) for n in range(width))
    pdf = DOCUMENTS.pdf({"paymentMethod": {"id": word}}, [rate(word, 1, 1, product=word)])
    text = "".join(pages(pdf)).replace("\n", "")
    assert text.count(word[: MAX_TEXT - 1]) == 3
    for line in copied(pdf, "-bbox").splitlines():  # within the paper's margins
        if found := re.search(r'<word xMin="([\d.]+)" .*xMax="([\d.]+)"', line):
            assert 56 < float(found[1]) < float(found[2]) < 540


TAX = "ضريبة القيمة المضافة"


@pytest.mark.parametrize("locale", ["en_GB", "ar_EG"])
@pytest.mark.parametrize("label", [TAX, "מע״מ"])
def test_a_label_that_is_read_leftwards_stays_beside_its_rate(locale: str, label: str) -> None:
    item = {"taxCategory": label, "taxRate": 15, "taxAmount": money(1)}
    documents = Documents(Style(locale=locale))
    assert f"\u2068{label}\u2069 15%" in documents.html({"taxItem": [item]}, []).decode()
    boxes = copied(documents.pdf({"taxItem": [item]}, []), "-bbox")
    found = re.findall(r'xMin="([\d.]+)".*yMin="([\d.]+)" xMax="([\d.]+)".*>(.*)</word>', boxes)
    (rate_at,) = [each for each in found if "15" in each[3]]
    assert sorted(re.sub(r"[^\d%]", "", rate_at[3])) == ["%", "1", "5"], "torn"
    beside = [
        min(abs(float(rate_at[0]) - float(each[2])), abs(float(each[0]) - float(rate_at[2])))
        for each in found
        if each is not rate_at and abs(float(each[1]) - float(rate_at[1])) < 8
    ]
    assert min(beside) < 6


def test_what_is_read_leftwards_is_isolated_and_nothing_else() -> None:
    page = DOCUMENTS.html({"billingAccount": {"id": "7", "name": TAX}, "billNo": "A-7"}, [])
    assert f"<bdi>\u2068{TAX}\u2069 (7)</bdi>".encode() in page
    assert b"<bdi>A-7</bdi>" in page


@pytest.mark.parametrize("unit", ["نقطة", "نقطة" * 9, "nights-2-" * 9])
def test_any_unit_stays_with_its_amount_and_leaves_no_mark_on_paper(unit: str) -> None:
    bill = {"taxIncludedAmount": money(5, unit), "amountDue": money(7, unit)}
    rates = [rate("a", 1, 1) | {"taxIncludedAmount": money(1, unit)}]
    html = DOCUMENTS.html(bill, rates).decode()
    assert html.count("\u2068") == html.count("\u2069")
    text = "".join(pages(DOCUMENTS.pdf(bill, rates)))
    assert not [c for c in text if unicodedata.category(c) == "Cf"]


def test_letters_that_no_font_has_are_told_with_the_bill_and_nothing_else_is() -> None:
    told: list[str] = []
    documents = Documents(Style(), told.append)
    documents.pdf({"id": "b1", "billNo": "你好"}, [])
    documents.pdf({"id": "b2", "billNo": "A could not be displayed with x"}, [])
    documents.pdf({"id": "b3", "billNo": "\ue000"}, [])
    documents.html({"id": "b4", "billNo": "你好"}, [])
    assert told == ["b1"]


@pytest.mark.parametrize(
    "template",
    [
        "#image(bytes(sys.inputs.logo)) #json(bytes(sys.inputs.statement)).number",
        "=== Third\n#json(bytes(sys.inputs.statement)).number\n= First",
    ],
)
def test_they_are_told_where_a_template_is_not_accessible_too(
    template: str, tmp_path: Path
) -> None:
    (tmp_path / "bill.typ").write_text(template)
    (tmp_path / "logo.svg").write_bytes(SVG)
    told: list[str] = []
    style = Style(templates=tmp_path, seller_logo=tmp_path / "logo.svg")
    documents = Documents(style, told.append)
    assert b"pdfuaid" not in documents.pdf({"id": "b1", "billNo": "A"}, [])
    assert documents.pdf({"id": "b2", "billNo": "你好"}, []).startswith(b"%PDF-")
    assert told == ["b2"]


def test_words_without_a_font_do_not_make_other_bills_less_archivable() -> None:
    documents = Documents(Style(locale="ja_JP"))
    assert b"pdfuaid" in documents.pdf(*demo("bill-2026-03-2001"), "en-GB")


def fonts_of(*names: str) -> list[Path]:
    """Font files of this machine that begin so."""
    there = [*Path("/usr/share/fonts").rglob("*.ttf"), *Path("/usr/share/fonts").rglob("*.tt[cf]")]
    found = sorted({path for path in there if path.name.startswith(names)})
    if not found:
        pytest.skip(f"this machine has none of the fonts {', '.join(names)}")
    return found


def test_a_folder_of_fonts_adds_to_ours(tmp_path: Path) -> None:
    (tmp_path / "within").mkdir()
    without = Documents(Style())
    (tmp_path / "within" / "a.ttf").write_bytes(fonts_of("DejaVuSans.")[0].read_bytes())
    documents = Documents(Style(fonts=tmp_path))
    assert b"pdfaid" not in without.pdf({"billNo": "ⴰⵣⵓⵍ"}, [])
    assert b"pdfaid" in documents.pdf({"billNo": "ⴰⵣⵓⵍ"}, [])
    assert documents.fingerprint != without.fingerprint


@pytest.mark.parametrize("content", [None, "", "no font"])
def test_a_folder_without_a_font_is_named(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "a.ttf").write_text(content)
    with pytest.raises(DocumentError, match=f"^fonts: {tmp_path} holds no font"):
        Documents(Style(fonts=tmp_path))
    with pytest.raises(DocumentError, match=r"^fonts: .*nowhere can't be read"):
        Documents(Style(fonts=tmp_path / "nowhere"))


def test_a_japanese_bill_is_archivable_with_a_japanese_font() -> None:
    font = fonts_of("ipag", "NotoSansCJK", "NotoSerifCJK")[0]
    told: list[str] = []
    pdf = Documents(Style(locale="ja_JP", fonts=font.parent), told.append).pdf(
        *demo("bill-2026-03-2001")
    )
    assert "請求書" in "".join(pages(pdf))
    assert b"pdfaid" in pdf
    assert not told


def test_the_fingerprint_tells_what_documents_look_like(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_bytes(SVG)
    (tmp_path / "bill.html.jinja").write_text("1")
    with_folder = Style(templates=tmp_path)
    prints = [DOCUMENTS.fingerprint, Documents(Style()).fingerprint]
    prints += [Documents(Style(locale="de")).fingerprint, Documents(with_folder).fingerprint]
    prints += [Documents(Style(seller_logo=tmp_path / "logo.svg")).fingerprint]
    (tmp_path / "bill.html.jinja").write_text("2")
    prints += [Documents(with_folder).fingerprint]
    (tmp_path / "logo.svg").write_bytes(SVG + b"\n")
    prints += [Documents(Style(seller_logo=tmp_path / "logo.svg")).fingerprint]
    assert len(set(prints)) == len(prints)
    assert Documents(STYLE).fingerprint == DOCUMENTS.fingerprint


WORDS = st.text(max_size=30)
AMOUNTS = st.fixed_dictionaries(
    {},
    optional={
        "unit": st.sampled_from(["EUR", "JPY", "BHD", "XAU", "points", ""]) | WORDS,
        "value": st.floats(-9_999_999_999_999, 9_999_999_999_999, allow_nan=False)
        | st.integers(-9_999_999_999_999, 9_999_999_999_999),
    },
)
DAYS = st.datetimes(timezones=st.timezones()).filter(lambda day: day.tzinfo is not None)
PERIODS = st.fixed_dictionaries({}, optional={"startDateTime": DAYS, "endDateTime": DAYS})
REFERENCES = st.fixed_dictionaries({"id": WORDS}, optional={"name": WORDS, "role": WORDS})
TAXES = st.fixed_dictionaries(
    {},
    optional={
        "taxCategory": WORDS,
        "taxRate": st.floats(-9_999_999_999_999, 9_999_999_999_999),
        "taxAmount": AMOUNTS,
    },
)
PAYMENTS = st.fixed_dictionaries({}, optional={"appliedAmount": AMOUNTS, "payment": REFERENCES})
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
BILLS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(["id", "billNo", "category"], WORDS),
        **dict.fromkeys(["billDate", "lastUpdate", "paymentDueDate"], DAYS),
        **dict.fromkeys(["taxExcludedAmount", "taxIncludedAmount"], AMOUNTS),
        **dict.fromkeys(["amountDue", "remainingAmount"], AMOUNTS),
        **dict.fromkeys(["billingAccount", "paymentMethod"], REFERENCES),
        "billingPeriod": PERIODS,
        "state": st.sampled_from(["new", "onHold", "sent", "partiallyPaid", "settled"]),
        "relatedParty": st.lists(REFERENCES, max_size=3),
        "appliedPayment": st.lists(PAYMENTS, max_size=3),
        "taxItem": st.lists(TAXES, max_size=3),
        "x-extension": ANYTHING,
    },
)
LINES = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(["id", "name", "description", "type"], WORDS),
        **dict.fromkeys(["taxExcludedAmount", "taxIncludedAmount"], AMOUNTS),
        "date": DAYS,
        "periodCoverage": PERIODS,
        "product": REFERENCES,
        "appliedTax": st.lists(TAXES, max_size=2),
        "x-extension": ANYTHING,
    },
)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(BILLS, st.lists(LINES, max_size=5))
def test_any_bill_has_its_documents(bill: dict[str, Any], rates: list[dict[str, Any]]) -> None:
    assert DOCUMENTS.pdf(bill, rates).startswith(b"%PDF-")
    page = Page(DOCUMENTS.html(bill, rates))
    assert len([row for row in page.cells if len(row) == 4]) == len(rates) + bool(rates)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(list(RATES[0])), ANYTHING), ANYTHING)
def test_any_line_has_its_place(odd: dict[str, Any], account: Any) -> None:
    DOCUMENTS.html({"billingAccount": account, "relatedParty": account, "state": account}, [odd])
