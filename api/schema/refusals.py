"""The frame of every mutation: a refusal becomes an entry of the payload's errors, and answers are asked afresh."""

from collections.abc import Awaitable, Callable
from typing import Any

from strawberry.extensions import FieldExtension

from api.schema.context import Info
from api.schema.user_errors import user_error
from domain.cause import because_of
from domain.errors import DomainError


class RefusalsAsUserErrors(FieldExtension):
    """Answer a refusal with a payload that has nothing but the error."""

    def __init__(self, payload: Callable[..., Any]) -> None:
        self.payload = payload

    async def resolve_async(self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info, **kwargs: Any) -> Any:
        """Run the mutation; what was asked before it is forgotten, so that the payload shows what is stored now."""
        try:
            with because_of(f"mutation {info.field_name}"):
                return await next_(source, info, **kwargs)
        except DomainError as refusal:
            return self.payload(errors=[user_error(refusal)])
        finally:
            info.context.forget()
