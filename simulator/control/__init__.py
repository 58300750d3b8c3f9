"""The control plane under ``/_sim``: the world's back door."""
