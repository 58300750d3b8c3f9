import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = build_schema((ROOT / "schema.graphql").read_text("utf-8"))
DOCUMENTS = re.findall(r"```graphql\n(.*?)```", (ROOT / "docs/working-on-orders.md").read_text("utf-8"), re.DOTALL)


def test_there_are_documents():
    assert len(DOCUMENTS) == 7


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda text: text.split("(")[0].split("{")[0].split()[-1])
def test_a_document_in_the_documentation_is_one_that_the_schema_takes(document: str):
    assert [error.message for error in validate(SCHEMA, parse(document))] == []
