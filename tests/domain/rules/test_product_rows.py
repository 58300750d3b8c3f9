import pytest

from domain.catalog.product_rows import ProductRow, read_row
from domain.errors import InvalidInput


@pytest.mark.parametrize("name", ["Becher\u00a0350 ml", "マグ\u3000カップ", "Mug \U0001f469\u200d\U0001f373"])
def test_names_hold_the_blanks_and_joiners_of_every_script(name: str) -> None:
    assert read_row(ProductRow(line=2, sku="MUG", name=name)).name == name


@pytest.mark.parametrize("name", ["Mug\nblue", "Mug\x07", "Mug\x85blue"])
def test_names_hold_no_control_characters(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_row(ProductRow(line=2, sku="MUG", name=name))
    assert refused.value.path == ("name",)
