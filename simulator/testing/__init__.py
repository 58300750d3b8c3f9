"""For the tests of other projects: the simulator as an object, its control plane typed, and a pytest plugin."""

from simulator.testing.control import Control, Refused
from simulator.testing.mounting import Simulator

__all__ = ["Control", "Refused", "Simulator"]
