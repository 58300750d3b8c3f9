"""Listings Items API 2021-08-01: getListingsItem and patchListingsItem."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from starlette.responses import Response

from simulator.calls import Call
from simulator.cast.catalog import Product
from simulator.envelopes import WireError, invalid_input, json_answer, unauthorized
from simulator.listings.offers import Submission
from simulator.listings.patching import judge, read_patches
from simulator.listings.showing import DATA_SETS, show_item
from simulator.marketplaces import MARKETPLACES, Marketplace
from simulator.orders.documents import Document
from simulator.parameters import read_list, read_one

LOCALE: Final = re.compile(r"[a-z]{2}_[A-Z]{2}")
PREVIEW: Final = "VALIDATION_PREVIEW"
SHOWN_BY_DEFAULT: Final = frozenset({"summaries"})
TOLD_OF_A_PATCH: Final = frozenset({"identifiers", "issues"})
TOLD_BY_DEFAULT: Final = frozenset({"issues"})


async def get_listings_item(call: Call) -> Response:
    """Answer a listing of the seller."""
    marketplaces = _marketplaces(call)
    included = _included(call, DATA_SETS, default=SHOWN_BY_DEFAULT)
    product = _product(call)
    if product is None:
        where = ", ".join(one.marketplace_id for one in marketplaces)
        raise WireError(404, "NOT_FOUND", f"SKU '{_sku(call)}' not found in marketplace {where}", "")
    offer = call.world.offers.of(call.seller, product)
    return json_answer(show_item(product, offer, marketplaces, included, seed=call.world.seed))


async def patch_listings_item(call: Call) -> Response:
    """Take in a patch of a listing, which takes effect a little later; a preview only judges it.

    A SKU that is not listed is accepted too, as Amazon does (selling-partner-api-models #2797).
    """
    marketplaces = _marketplaces(call)
    included = _included(call, TOLD_OF_A_PATCH, default=TOLD_BY_DEFAULT)
    is_preview = _is_preview(call)
    if "identifiers" in included and not is_preview:
        raise invalid_input(details="Identifiers are told in mode VALIDATION_PREVIEW only.")
    patches = read_patches(await call.request.body())
    product, offers = _product(call), call.world.offers
    accepted, issues = judge(patches, product)
    submission_id = offers.next_submission_id()
    if not issues and not is_preview:
        submission = Submission(seller=call.seller, sku=_sku(call), patches=accepted)
        offers.submit(call.world, submission_id, submission, at=call.now)
    status = "INVALID" if issues else "VALID" if is_preview else "ACCEPTED"
    answer: Document = {"sku": _sku(call), "status": status, "submissionId": submission_id}
    if "issues" in included:
        answer["issues"] = issues
    if "identifiers" in included:
        answer["identifiers"] = _identifiers(product, marketplaces)
    return json_answer(answer)


def _sku(call: Call) -> str:
    sku: str = call.request.path_params["sku"]
    return sku


def _product(call: Call) -> Product | None:
    return call.world.sellers[call.seller].product(_sku(call))


def _marketplaces(call: Call) -> Sequence[Marketplace]:
    """Check who is asked about, and return where. Raises WireError."""
    if call.request.path_params["seller_id"] != call.seller:
        raise unauthorized("")
    query = call.request.query_params
    wanted = read_list(query, "marketplaceIds", MARKETPLACES.keys())
    if wanted is None:
        raise invalid_input(details="marketplaceIds is required.")
    if not LOCALE.fullmatch(read_one(query, "issueLocale") or "en_US"):
        raise invalid_input(details="issueLocale is a language and a country, as in en_US.")
    return [one for marketplace_id, one in MARKETPLACES.items() if marketplace_id in wanted]


def _included(call: Call, allowed: AbstractSet[str], *, default: AbstractSet[str]) -> AbstractSet[str]:
    return read_list(call.request.query_params, "includedData", allowed) or default


def _is_preview(call: Call) -> bool:
    mode = read_one(call.request.query_params, "mode")
    if mode not in (None, PREVIEW):
        raise invalid_input(details=f"The only mode is {PREVIEW}.")
    return mode == PREVIEW


def _identifiers(product: Product | None, marketplaces: Sequence[Marketplace]) -> list[Document]:
    if product is None:
        return []
    return [{"marketplaceId": one.marketplace_id, "asin": product.asin} for one in marketplaces]
