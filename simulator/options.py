"""How this world differs from another: what Amazon has released, what it has taken away, what is not known for sure."""

from typing import Literal

import msgspec


class Options(msgspec.Struct, kw_only=True, rename="camel"):
    """The switches of a world. Each stands for something that Amazon may change, or that nobody has documented."""

    offers_cancel_order: bool = False  # cancelOrder was published three times and taken back: off as at Amazon
    v0_reads: Literal["BY_DATE", "SERVED", "GONE"] = "BY_DATE"  # v0's reading operations end on 2027-03-27
    v0_gone_status: Literal[403, 404, 410] = 404  # what they will answer then is not documented
    moves_packages: bool = True  # parcels travel by themselves, and their progress moves the order's last update
    shows_detailed_status: bool = False  # packageStatus.detailedStatus is in the model, and missing in production
    restocks_cancelled: bool = True  # a cancelled order of a merchant gives its units back to the listing
