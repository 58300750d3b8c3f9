"""`python -m api.cli` is `orderlane`."""

from api.cli import main

main()
