"""The control plane's side of notifications."""

from typing import Final

from simulator.control.controls import Control

CONTROLS: Final[tuple[Control, ...]] = ()
