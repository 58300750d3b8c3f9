"""YAML read without trust and written as it is read: no tags, anchors or aliases, no surprise about a word."""

import re
from dataclasses import dataclass
from typing import Any, Final, cast

import yaml

LARGEST: Final = 256 * 1024
DEEPEST: Final = 30
INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})", re.ASCII)
DECIMAL: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})[.][0-9]{1,17}", re.ASCII)
WORDS: Final = {"true": True, "false": False, "null": None, "~": None, "": None}


class NotYaml(ValueError):
    """A text that cannot be read as plain YAML; says where and what to do."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a text says, and in which line each entry of a list at the top begins, by the key of the list."""

    value: Any
    lines: dict[str, list[int]]


def read_yaml(text: bytes) -> Read:
    """Read one document. Texts such as ``2026-03-02``, ``yes`` and ``007`` stay texts. Raises NotYaml."""
    if len(text) > LARGEST:
        raise NotYaml(f"has {len(text)} bytes; a scenario has at most {LARGEST}, so tell it in several")
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise NotYaml(f"line {line}: {error.problem or 'not YAML'}") from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise NotYaml("not YAML in UTF-8: it holds a character that no text has") from error
    except RecursionError as error:
        raise NotYaml("nested too deeply") from error
    return Read(_value(root), _lines(root))


def to_yaml(value: Any) -> str:
    """Return the text of a document that ``read_yaml`` reads back as it was."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=100, allow_unicode=True)


class _Loader(yaml.SafeLoader):
    """Composes nodes, and refuses what could make few bytes mean much, or a word mean something else."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = cast(Any, self).peek_event()
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise NotYaml(f"line {line}: anchors and aliases (& and *) are not read; write the value out")
        if event.tag is not None:
            raise NotYaml(f"line {line}: tags (!) are not read; leave it out")
        if self._depth >= DEEPEST:
            raise NotYaml(f"line {line}: nested deeper than {DEEPEST} levels")
        self._depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node


def _value(node: yaml.Node | None) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [_value(entry) for entry in node.value]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node)
    return None


def _mapping(node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise NotYaml(f"line {line}: a key is a word, not a list or mapping; put ${{…}} in quotes here")
        if key.value in found:
            raise NotYaml(f"line {line}: {key.value!r} stands here twice")
        found[_text(key)] = _value(value)
    return found


def _scalar(node: yaml.ScalarNode) -> Any:
    text = _text(node)
    if node.style is not None:  # in quotes, or a block of text
        return text
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if DECIMAL.fullmatch(text) else text


def _text(node: yaml.ScalarNode) -> str:
    text = _joined(str(node.value))
    if any("\ud800" <= letter <= "\udfff" for letter in text) or "\0" in text:
        raise NotYaml(f"line {node.start_mark.line + 1}: holds a character that no text has")
    return text


def _joined(text: str) -> str:
    """Join the halves of characters beyond the first 65,536, which JSON writes apart; a half alone stays one."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _lines(root: yaml.Node | None) -> dict[str, list[int]]:
    if not isinstance(root, yaml.MappingNode):
        return {}
    return {
        key.value: [entry.start_mark.line + 1 for entry in value.value]
        for key, value in root.value
        if isinstance(value, yaml.SequenceNode)
    }


class _Dumper(yaml.SafeDumper):
    """Writes only what is read: no aliases, no powers of ten."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything out."""
        return True


def _decimal(dumper: yaml.SafeDumper, value: float) -> yaml.ScalarNode:
    text = f"{value:.12f}".rstrip("0")
    return dumper.represent_scalar("tag:yaml.org,2002:float", text + "0" if text.endswith(".") else text)


_Dumper.add_representer(float, _decimal)
