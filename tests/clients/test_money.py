"""The types of an amount in languages whose clients are made here, and not run."""

from pathlib import Path

import pytest

from tests.clients.tools import Tools


@pytest.mark.parametrize(
    ("generator", "declared"),
    [
        ("csharp", "public double? Value "),
        ("go", "Value *float64 "),
        ("kotlin", "val `value`: kotlin.Double? "),
    ],
)
def test_an_amount_is_no_float_of_single_precision(
    tools: Tools, contract: Path, generator: str, declared: str
) -> None:
    made = tools.generate(generator, contract, "--global-property=models=Money,modelDocs=false")
    models = [path.read_text() for path in made.rglob("*oney.*") if path.suffix != ".md"]
    assert any(declared in model for model in models), models
