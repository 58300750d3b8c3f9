"""How deep, how wide and how long a document may be; rules made once, so that validated documents are known again."""

from collections.abc import Callable
from typing import Final

from graphql import ASTValidationRule
from strawberry.extensions import (
    AddValidationRules,
    MaxAliasesLimiter,
    MaxTokensLimiter,
    ParserCache,
    SchemaExtension,
    ValidationCache,
)

from api.schema.depth import DepthRule

MOST_ALIASES: Final = 50
MOST_TOKENS: Final = 4000

_RULES: Final[tuple[type[ASTValidationRule], ...]] = (
    DepthRule,
    *MaxAliasesLimiter(MOST_ALIASES).validation_rules,
)

LIMITS: Final[tuple[Callable[[], SchemaExtension], ...]] = (
    lambda: MaxTokensLimiter(max_token_count=MOST_TOKENS),
    lambda: AddValidationRules(list(_RULES)),
    lambda: ParserCache(maxsize=256),
    lambda: ValidationCache(maxsize=256),
)
