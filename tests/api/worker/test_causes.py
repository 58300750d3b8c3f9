from api.worker.sweep import sweep_once
from domain.amazon.records import AmazonOrder
from domain.timeline import Event


async def test_each_event_says_what_set_it_going(bench):
    await bench.connect()
    (number,) = await bench.place()
    await bench.pass_by(minutes=4)
    await sweep_once(bench.worker)
    await bench.control(f"/orders/{number}/cancel", {"by": "SELLER"})
    await bench.pass_by(minutes=5)
    await sweep_once(bench.worker)
    await bench.pass_by(days=60)
    await sweep_once(bench.worker)
    order = await AmazonOrder.get(number=number)
    causes = {(event.kind.value, event.details["cause"]) for event in await Event.filter(order_id=order.id)}
    assert {("SEEN", "sync"), ("DECISION", "evaluation"), ("STATUS_CHANGED", "sync"), ("REDACTED", "tidying")} <= causes
