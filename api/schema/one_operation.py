"""Which operation of a document is meant has to be said, where there are several."""

from collections.abc import Iterator

from graphql import GraphQLError, OperationDefinitionNode
from strawberry.extensions import SchemaExtension


class OneOperation(SchemaExtension):
    """Refuse to guess (GraphQL specification, Executing Requests: GetOperation)."""

    def on_validate(self) -> Iterator[None]:
        """Look for a second operation when none is named."""
        running = self.execution_context
        document = running.graphql_document
        if document and not running._provided_operation_name and not running.pre_execution_errors:
            operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
            if len(operations) > 1:
                message = "The document has several operations; name one in `operationName`."
                running.pre_execution_errors = [GraphQLError(message, operations)]
        yield
