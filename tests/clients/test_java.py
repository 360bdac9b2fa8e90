"""A client in Java."""

import shutil
from pathlib import Path

import pytest

from tests.clients.tools import FOLDER, WORK, Tools, generator_jar
from tests.servers import ServerProcess

ANNOTATIONS = Path("/usr/share/java/geronimo-annotation-1.3-spec.jar")
FLOW = FOLDER / "flows" / "ExactMoney.java"


@pytest.fixture(scope="module")
def classpath(tools: Tools, contract: Path) -> str:
    """Where the classes of openapi-generator's client lie, compiled, with what they need."""
    if shutil.which("javac") is None:
        pytest.skip("there is no javac on the PATH: a JDK is needed, such as default-jdk-headless")
    if not ANNOTATIONS.exists():
        pytest.skip(f"{ANNOTATIONS} is not there: install libgeronimo-annotation-1.3-spec-java")
    client = tools.generate("java", contract, "--library", "native",
                            "--additional-properties=openApiNullable=false")  # fmt: skip
    classes = WORK / "classes"
    path = f"{classes}:{generator_jar()}:{ANNOTATIONS}"
    sources = sorted((client / "src" / "main").rglob("*.java"))
    tools.run("javac", "-nowarn", "-proc:none", "-d", classes, "-cp", path, *sources, FLOW)
    return path


def test_openapi_generators_java_compiles_and_keeps_money_exact(
    tools: Tools, billing: ServerProcess, classpath: str
) -> None:
    tools.run("java", "-cp", classpath, FLOW.stem, billing.api)
