"""Differences between JSON objects as RFC 7396 (JSON Merge Patch) writes them: null takes away, objects go deeper."""

from collections.abc import Mapping
from typing import Any


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the patch that makes `before` into `after`, empty if they are the same; neither of them may hold null."""
    patch: dict[str, Any] = {name: None for name in before if name not in after}
    for name, value in after.items():
        known = before.get(name)
        if isinstance(value, dict) and isinstance(known, dict):
            if deeper := difference(known, value):
                patch[name] = deeper
        elif value != known:
            patch[name] = value
    return patch


def merge(target: dict[str, Any], patch: Mapping[str, Any]) -> None:
    """Apply a patch in place; what the patch holds becomes a part of the target."""
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        elif not isinstance(value, dict):
            target[name] = value
        else:
            known = target.get(name)
            if not isinstance(known, dict):
                known = target[name] = {}
            merge(known, value)
