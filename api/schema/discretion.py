"""What a client sent is never said again: GraphQL's messages quote values, and a value may be a secret."""

import re
from typing import Final

_CUTS: Final = (
    # "Expected value of type 'T' …, found: {…}." and "… Did you mean 'name'? Found: {…}."
    (re.compile(r"(?:[,;]| (?=Found:)) ?[fF]ound: .*", re.DOTALL), "."),
    # "String cannot represent a non string value: 7", "Enum 'E' cannot represent non-enum value: "…". Did you mean …"
    (re.compile(r"( cannot represent (?:an? )?[\w -]*value): .*", re.DOTALL), r"\1."),
    # "Value 'X' does not exist in 'E' enum. Did you mean …"
    (re.compile(r"Value '.*' does not exist in '(\w+)' enum", re.DOTALL), r"The value does not exist in '\1' enum"),
    # "Syntax Error: Expected ':', found String 'secret'."
    (re.compile(r"\b(String|BlockString|Block string|Int|Float|Comment) ['\"].*", re.DOTALL), r"\1."),
)


def without_values(message: str) -> str:
    """Return a message of the GraphQL library without the values that it quotes; names of fields and types stay."""
    for quoted, instead in _CUTS:
        message = quoted.sub(instead, message)
    return message.replace("?.", "?")
