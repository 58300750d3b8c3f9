"""The safe database engines, the connections, and the read side."""
