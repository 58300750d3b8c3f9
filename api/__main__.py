"""`python -m api` is `orderlane`."""

from api.cli import main

main()
