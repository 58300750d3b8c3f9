"""Amazon's Selling Partner API for orders, played offline: stateful, seeded, in its own time.

One `World` holds sellers, orders and time; `create_app` serves it on Amazon's own paths, with a control plane under
`/_sim`. The same seed, clock and requests give the same bytes. It shares no code with the service.
"""
