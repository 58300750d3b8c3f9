"""The control plane's side of scripted failures."""

from typing import Final

from simulator.control.controls import Control

CONTROLS: Final[tuple[Control, ...]] = ()
