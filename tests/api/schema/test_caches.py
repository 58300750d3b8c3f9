from strawberry.extensions.validation_cache import _get_validate_cache

from domain.sealing import Sealer
from tests.api.schema.asking import Client, client_of
from tests.domain.channel.stage import item


async def test_a_document_is_validated_once(client: Client) -> None:
    cache = _get_validate_cache(256)
    await client.ask("{ stores { name marketplaceId } }")
    before = cache.cache_info()  # type: ignore[attr-defined]

    for _ in range(5):
        await client.ask("{ stores { name marketplaceId } }")

    after = cache.cache_info()  # type: ignore[attr-defined]
    assert (after.hits - before.hits, after.misses) == (5, before.misses)


async def test_buyer_data_is_opened_only_where_it_is_selected(client: Client) -> None:
    opened: list[str] = []

    class WatchedSealer(Sealer):
        def unseal(self, sealed: bytes, *, row: str) -> bytes:
            opened.append(row)
            return super().unseal(sealed, row=row)

    await client.stage.arrive(item("MUG"))
    watched = client_of(client.stage, WatchedSealer(client.stage.sealer.secret))
    async with watched.http:
        await watched.ask("{ amazonOrders { nodes { amazonOrderId items { title } events { nodes { message } } } } }")
        assert opened == []
        await watched.ask("{ amazonOrders { nodes { buyer { name } shippingAddress { city } } } }")
    assert opened == ["buyer_data:AMAZON_ORDER:1"]
