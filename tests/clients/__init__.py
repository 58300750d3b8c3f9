"""Public SP-API clients, pointed at the simulator over a real socket."""
