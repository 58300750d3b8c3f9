"""The control plane's side of the status page."""

from typing import Final

from simulator.control.controls import Control

CONTROLS: Final[tuple[Control, ...]] = ()
