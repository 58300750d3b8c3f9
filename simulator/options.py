"""How this world differs from another: what Amazon has released, what it has taken away, what is not known for sure."""

from typing import Literal

import msgspec


class Options(msgspec.Struct, kw_only=True, rename="camel"):
    """The switches of a world. Each stands for something that Amazon may change, or that nobody has documented."""

    offers_cancel_order: bool = False  # cancelOrder was published three times and taken back: off as at Amazon
    v0_reads: Literal["BY_DATE", "SERVED", "GONE"] = "BY_DATE"  # v0's reading operations end on 2027-03-27
    v0_gone_status: Literal[403, 404, 410] = 404  # what they will answer then is not documented
    moves_packages: bool = True  # parcels travel by themselves, and their progress moves the order's last update
    progress_updates: bool = True  # a parcel's progress moves lastUpdatedTime, which nobody has documented
    shows_detailed_status: bool = False  # packageStatus.detailedStatus is in the model, and missing in production
    restocks_cancelled: bool = True  # a cancelled order of a merchant gives its units back to the listing
    zeroes_cancelled: bool = False  # the lines of a cancelled order are of quantity 0, as seen in v0
    demands_transparency_codes: bool = False  # confirmShipment needs a code for each unit of a Transparency item
    payment_takes: int | None = None  # seconds until a payment is authorised, 0 at once; drawn by chance if null
    warehouse_takes: int | None = None  # seconds until Amazon's warehouse has sent a paid order; drawn if null
    delivery_takes: int | None = None  # seconds from the carrier's taking a parcel to its delivery; drawn if null
    cancel_order_takes: int = 30  # seconds until an accepted cancelOrder takes effect, 0 at once
