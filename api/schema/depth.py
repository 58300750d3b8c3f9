"""How deep a document nests, fragments included: a rule of validation."""

from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    ValidationContext,
    ValidationRule,
)

DEEPEST: Final = 15


class DepthRule(ValidationRule):
    """Refuse an operation that nests deeper than 15 fields; what asks about the schema itself is not counted.

    Unknown fragments and fragments within themselves are other rules' business and are passed over.
    """

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._fragments = {
            node.name.value: node for node in context.document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._depths: dict[str, int] = {}

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        """Measure an operation."""
        if self._below(node) > DEEPEST:
            message = f"An operation nests at most {DEEPEST} deep; ask in several requests."
            self.report_error(GraphQLError(message, [node]))

    def _below(self, node: Any) -> int:
        selections = node.selection_set.selections if node.selection_set else ()
        return max((self._depth(selection) for selection in selections), default=0)

    def _depth(self, node: SelectionNode) -> int:
        match node:
            case FieldNode():
                return 0 if node.name.value.startswith("__") else 1 + self._below(node)
            case InlineFragmentNode():
                return self._below(node)
            case FragmentSpreadNode():
                return self._of_fragment(node.name.value)
        return 0

    def _of_fragment(self, name: str) -> int:
        if name not in self._depths:
            self._depths[name] = 0  # seen again within itself, it adds nothing
            fragment = self._fragments.get(name)
            self._depths[name] = self._below(fragment) if fragment else 0
        return self._depths[name]
