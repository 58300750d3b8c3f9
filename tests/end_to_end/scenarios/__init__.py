"""Every scenario that comes with the simulator, played with the whole service beside it."""
