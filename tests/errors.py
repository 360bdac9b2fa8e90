"""What every Error body has, whichever door it comes from."""

import re
from typing import Any

from impl.contract.json_schema import COMPONENTS
from impl.tmf678 import API

CONTRACT = API.contract
_NAMED = re.compile(r"([\w@$.\[\]'-]+): ")


def the_shape(error: dict[str, Any]) -> None:
    """It is whole, keeps the contract, and names what it is about in a member of its own."""
    optional = {"attribute", "errors"} & error.keys()
    needed = {"@type", "code", "reason", "message", "status", "referenceError"}
    assert error.keys() == needed | optional
    assert CONTRACT.response_fault(COMPONENTS + "Error", error) is None
    assert error["@type"] == "Error"
    assert error["referenceError"].endswith(f"/errors#{error['code']}")
    for each in (error, *error.get("errors", [])):
        named = _NAMED.match(each["message"])
        assert named is None or each["attribute"] in (named[1], "Authorization"), each
    if "errors" in error:
        first = error["errors"][0]
        assert first == {name: error[name] for name in first}
