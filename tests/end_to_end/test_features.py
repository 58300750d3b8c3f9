"""Every feature that is listed has its story, its operation, and its line on the page."""

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, build_schema

from api.schema import sdl
from tests.end_to_end.features import FEATURES, PAGE, Feature, page, told


@pytest.fixture(scope="module")
def fields():
    schema = build_schema(sdl())
    kinds = GraphQLObjectType | GraphQLInterfaceType
    return {
        f"{name}.{field}" for name, kind in schema.type_map.items() if isinstance(kind, kinds) for field in kind.fields
    }


@pytest.mark.parametrize("feature", [one for one in FEATURES if one.why_not is None], ids=lambda feature: feature.name)
def test_a_feature_has_its_story_and_its_operation(feature: Feature, fields):
    assert any(name == feature.test or name.startswith(f"{feature.test}_") for name in told())
    assert feature.operations
    for operation in feature.operations:
        assert operation in fields or operation.startswith("orderlane "), operation


def test_the_page_is_what_the_program_writes():
    assert PAGE.read_text("utf-8") == page(), "run: python -m tests.end_to_end.features"
