"""Changes of products and of what lies on the shelf."""

import strawberry

from api.schema.refusals import RefusalsAsUserErrors
from api.schema.saving_products import ImportProductsPayload, import_products, save_product
from api.schema.source_changes import SourceChanges
from api.schema.stocking import StockPayload, disable_product, enable_product, restock_product


@strawberry.type
class ProductChanges(SourceChanges):
    """The changes of products."""

    enable_product: StockPayload = strawberry.mutation(
        resolver=enable_product,
        extensions=[RefusalsAsUserErrors(StockPayload)],
        description="Put a product on sale. The orders that it blocked, or that waited for it, are evaluated again.",
    )
    disable_product: StockPayload = strawberry.mutation(
        resolver=disable_product,
        extensions=[RefusalsAsUserErrors(StockPayload)],
        description="Take a product off sale: it blocks the orders that come from now on. Orders keep what they hold.",
    )
    restock_product: StockPayload = strawberry.mutation(
        resolver=restock_product,
        extensions=[RefusalsAsUserErrors(StockPayload)],
        description="Count a product: what came or went, or how many there are; never fewer than are promised to "
        "orders. The orders that waited for it are evaluated again.",
    )
    save_product: StockPayload = strawberry.mutation(
        resolver=save_product,
        extensions=[RefusalsAsUserErrors(StockPayload)],
        description="Create a product, or change one of the same SKU. The same again changes nothing. The orders that "
        "waited for it are evaluated again.",
    )
    import_products: ImportProductsPayload = strawberry.mutation(
        resolver=import_products,
        extensions=[RefusalsAsUserErrors(ImportProductsPayload)],
        description="Create or change up to 500 products, as `saveProduct` does with one; what is refused stops no "
        "other. `orderlane products import --url` sends a CSV file this way.",
    )
