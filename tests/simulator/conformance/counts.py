"""What the conformance tests counted, and what of it is below all of it and not listed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests.simulator.conformance.described import Described, described
from tests.simulator.conformance.live import served_cases
from tests.simulator.conformance.replaying import UNREACHABLE, all_cases
from tests.simulator.conformance.schemas import ModelSchemas
from tests.simulator.conformance.tally import LIVE, STATIC

TOKEN: Final = "token"
# Answers that a test wants to be outside the model, or that another schema holds.
NOT_HELD: Final = {
    "getOrder": "orders loaded with fields of tomorrow, and faults that are there to break the model",
    "getOrderV0": "a fault that is there to break the model",
    "getOrders": "faults that leave orders out, repeat pages and break the model",
    TOKEN: "faults of the token endpoint, which are compared word for word",
}
# What models declare and the simulator never answers: of every operation, or of those that are named.
NEVER_AT_ALL: Final = {
    "401": "a call without a good token is a 403, as the documentation of the API says",
    "413": "no body is too long for the simulator",
    "415": "the simulator reads every body as JSON, whatever its type is said to be",
}
LISTS: Final = "lists what there is"
MAKES: Final = "makes something new"
NOT_IN_THE_WAY: Final = "nothing can be in its way"
NEVER: Final[Mapping[str, Mapping[str, str]]] = {
    "404": {
        **dict.fromkeys(
            ("searchOrders", "getOrders", "getFeeds", "getReports", "getDestinations", "getSubscriptions"), LISTS
        ),
        **dict.fromkeys(("createFeedDocument", "createReport", "createDestination"), MAKES),
        "createFeed": "an unknown document is a 400",
        "createRestrictedDataToken": "a path that is not restricted is a 400",
        "getMarketplaceParticipations": LISTS,
    },
    "409": dict.fromkeys(
        (
            "getDestinations", "getDestination", "deleteDestination", "sendTestNotification", "getSubscriptionById",
            "deleteSubscriptionById",
        ),
        NOT_IN_THE_WAY,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Counts:
    """What the tests counted: how many passed, requests, answers by operation and status, replayed cases."""

    tests: int
    requests: Mapping[str, int]
    answers: Mapping[str, int]  # by "operation status"
    replays: Sequence[Sequence[str]]  # mode, name of the case, what was set aside

    def statuses(self, operation: str) -> dict[str, int]:
        """Return the answers that were held, by status."""
        parts = {tuple(key.rsplit(" ", 1)): number for key, number in self.answers.items()}
        return {status: number for (name, status), number in sorted(parts.items()) if name == operation}

    def cases(self, mode: str) -> set[str]:
        """Return the names of the cases that were replayed."""
        return {name for replayed, name, _aside in self.replays if replayed == mode}


def problems(counts: Counts, models: Mapping[str, ModelSchemas]) -> Iterator[str]:
    """Yield everything that is below all of it and not listed, one sentence each."""
    for name in [TOKEN, *(one.operation.name for one in described())]:
        held = sum(counts.statuses(name).values())
        if held < counts.requests.get(name, 0) and name not in NOT_HELD:
            yield f"{name}: {counts.requests[name] - held} answers were held against nothing."
    for one in described():
        yield from _of_operation(counts, one, models)
    static, live = counts.cases(STATIC), counts.cases(LIVE)
    for case in all_cases():
        if case.name not in static and case.name not in UNREACHABLE:
            yield f"{case.name}: not replayed in static mode."
    for case in served_cases():
        if case.name not in live:
            yield f"{case.name}: not replayed in live mode."


def never(counts: Counts, one: Described, models: Mapping[str, ModelSchemas]) -> set[str]:
    """Return the statuses that the model declares and no answer had."""
    declared: dict[str, object] = models[one.model].model.operations[one.name].swagger["responses"]
    return declared.keys() - counts.statuses(one.operation.name).keys()


def _of_operation(counts: Counts, one: Described, models: Mapping[str, ModelSchemas]) -> Iterator[str]:
    name, seen = one.operation.name, counts.statuses(one.operation.name)
    if not any(status.startswith("2") for status in seen):
        yield f"{name}: no answer of success was held."
    for status in sorted(never(counts, one, models)):
        if status not in NEVER_AT_ALL and name not in NEVER.get(status, {}):
            yield f"{name}: no {status} was held, and the model declares it."
    for status, names in NEVER.items():
        if name in names and status in seen:
            yield f"{name}: {status} is listed as never answered, and was."
    for status in NEVER_AT_ALL.keys() & seen.keys():
        yield f"{name}: {status} is listed as never answered, and was."
