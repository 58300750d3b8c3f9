from tests.domain.channel.stage import Stage


async def test_only_what_is_due_of_the_stores_that_were_named_is_evaluated(stage: Stage) -> None:
    await stage.see(stage.facts())
    assert (await stage.evaluate(stores=[stage.store.id + 1])).evaluated == 0
    assert (await stage.evaluate(stores=[stage.store.id + 1, stage.store.id])).evaluated == 1
