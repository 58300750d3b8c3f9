"""Requests that Schemathesis reads out of Amazon's own models, to every operation that they describe."""

import asyncio
import math
import random
from collections import Counter
from contextlib import suppress
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.counted import rounds
from tests.real_data.shared import NEEDS_SHARED, shared
from tests.simulator.conformance.described import MODEL_OF, Described, described
from tests.simulator.conformance.schemas import MODES, ModelSchemas
from tests.simulator.conformance.tally import Tally
from tests.simulator.generated.familiar import FamiliarWorld, make_familiar

pytestmark = [NEEDS_SHARED, pytest.mark.timeout(600)]

REQUESTS: Final = 4_000
BASE: Final = "http://amazon.test"
SEEDS: Final = st.integers(0, 2**32)
CHECKS: Final = (not_a_server_error, status_code_conformance)
OF_BODIES: Final = (content_type_conformance, response_schema_conformance)
EACH: Final = math.ceil(rounds(REQUESTS) / sum(1 for _ in described()) / len(GenerationMode))


class Play:
    """The requests that are generated for one operation of a model."""

    def __init__(self, familiar: FamiliarWorld, one: Described, schemas: ModelSchemas, tally: Tally) -> None:
        self.familiar, self.one, self.schemas, self.tally = familiar, one, schemas, tally
        self.statuses: Counter[str] = Counter()

    def all(self, operation: Any) -> Counter[str]:
        """Send invalid requests and valid ones, and return how often each status was the answer."""
        with suppress(Unsatisfiable):  # nothing can be wrong about a request that has no parameter but words
            self.some(operation, GenerationMode.NEGATIVE, EACH)
        self.some(operation, GenerationMode.POSITIVE, 2 * EACH - self.statuses.total())
        return self.statuses

    def some(self, operation: Any, mode: GenerationMode, number: int) -> None:
        """Send so many requests, half of them for what is there to be found."""

        @settings(
            max_examples=number, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode), is_familiar=st.booleans(), seed=SEEDS)
        def request(case: Case[Any], is_familiar: bool, seed: int) -> None:
            if is_familiar:
                make_familiar(case, self.one.operation.name, self.familiar.known, random.Random(seed))
            self.statuses[self.send(case)] += 1

        request()

    def send(self, case: Case[Any]) -> str:
        """Send a request, hold the answer against the model, and return its status."""
        name, grantless = self.one.operation.name, self.one.operation.is_grantless
        response = case.call(
            base_url=BASE, app=self.familiar.app, headers=self.familiar.headers(is_grantless=grantless)
        )
        self.tally.request(name)
        # What has no body has no type of it either.
        case.validate_response(response, checks=[*CHECKS, *(OF_BODIES if response.content else ())])
        status = str(response.status_code)
        body = response.json() if response.content else None
        for mode in MODES:
            faults = self.schemas.faults(self.one.name, status, body, mode=mode)
            assert not faults, (name, status, mode, faults)
        self.tally.add(name, status)
        return status


def operations_of(model: str) -> dict[str, Any]:
    """Return the operations of a model by their names, as Schemathesis reads them."""
    schema = schemathesis.openapi.from_path(str(shared("spapi-models", f"{model}.json")))
    found = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    return {one.definition.raw["operationId"]: one for one in found}


@pytest.mark.parametrize("model", MODEL_OF.values())
def test_no_generated_request_is_answered_outside_the_model(models, tally, show, model):
    familiar, operations = FamiliarWorld(), operations_of(model)
    asyncio.run(familiar.fill())
    served = [one for one in described() if one.model == model]
    statuses: Counter[str] = Counter()
    for one in served:
        statuses += Play(familiar, one, models[model], tally).all(operations[one.name])

    told = ", ".join(f"{number} × {status}" for status, number in sorted(statuses.items()))
    show(f"generated requests: {model}: {statuses.total()} sent, {told}")
    assert statuses.total() == 2 * EACH * len(served)
    assert any(status.startswith("2") for status in statuses)


@pytest.mark.parametrize("effect", ["FAILED", "UNAVAILABLE", "UNKNOWN_FIELD"])
def test_an_answer_outside_the_model_is_found(models, effect):
    familiar, [one] = FamiliarWorld(), [one for one in described() if one.model == "sellers"]
    asyncio.run(familiar.fill({"effect": effect, "operation": one.operation.name}))

    with pytest.raises((AssertionError, BaseExceptionGroup)):
        Play(familiar, one, models["sellers"], Tally()).all(operations_of("sellers")[one.name])
