"""The control plane's side of roles and tokens."""

from typing import Final

from simulator.control.controls import Control

CONTROLS: Final[tuple[Control, ...]] = ()
