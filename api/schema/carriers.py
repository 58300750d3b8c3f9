"""The carriers that a person may choose."""

import strawberry

from api.schema.scalars import Link
from domain.channel import carriers


@strawberry.type(description="A carrier that goods may be sent with.")
class Carrier:
    """A carrier."""

    code: str = strawberry.field(description="What to write as `carrierCode`; its title and Amazon's code do as well.")
    title: str = strawberry.field(description="What people call it.")
    amazon_code: str = strawberry.field(
        description="What Amazon is told as the carrier's code; with Other it is told a name."
    )
    needs_name: bool = strawberry.field(description="Whether `carrierName` is needed, as the code means no carrier.")
    is_tracking_required: bool = strawberry.field(
        description="Whether a tracking number is needed. It always is: Amazon takes no package without one."
    )
    tracking_page: str | None = strawberry.field(
        description="Where its parcels are followed, with {number} in place of the tracking number; null where that "
        "is not known."
    )


def _shown(carrier: carriers.Carrier) -> Carrier:
    return Carrier(
        code=carrier.code,
        title=carrier.title,
        amazon_code=carrier.amazon_code,
        needs_name=carrier.needs_name,
        is_tracking_required=True,
        tracking_page=carrier.tracking_page,
    )


def tracking_link(code: str, number: str | None) -> Link | None:
    """Return where a parcel is followed."""
    url = carriers.tracking_url(code, number)
    return Link(url) if url else None


@strawberry.type
class CarrierQuestions:
    """The questions about carriers."""

    @strawberry.field(
        description="The carriers with a code of their own. Any other is named: with the code custom and a "
        "`carrierName`, or with its name as the code; Amazon is then told that name."
    )
    @staticmethod
    def carriers() -> list[Carrier]:
        """List the carriers."""
        return [_shown(carrier) for carrier in carriers.CARRIERS]
