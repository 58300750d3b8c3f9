"""The control plane's side of snapshots of the whole world."""

from typing import Final

from simulator.control.controls import Control

CONTROLS: Final[tuple[Control, ...]] = ()
