import pytest

from api.cli.reference import DOCS, pages
from api.settings import PREFIX, Settings


@pytest.mark.parametrize("name", ["actions.md", "cli.md", "configuration.md"])
def test_a_generated_page_is_what_the_program_writes(name: str):
    assert (DOCS / name).read_text("utf-8") == pages()[name], "run: python -m api.cli.reference"


def test_every_setting_is_listed_with_its_meaning():
    page = (DOCS / "configuration.md").read_text("utf-8")
    assert all(field.description for field in Settings.model_fields.values())
    assert [name for name in Settings.model_fields if f"`{PREFIX}{name.upper()}`" not in page] == []


def test_every_commands_help_explains_each_of_its_parameters():
    page = (DOCS / "cli.md").read_text("utf-8")
    parameters = [line for line in page.splitlines() if line.startswith("  --") and "--help" not in line]
    assert parameters
    assert [line for line in parameters if ":" not in line] == []
