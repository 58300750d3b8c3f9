"""The command line: one file per command, imported only when that command runs."""


def main() -> None:
    """Run the command that the process was started with, and exit with its code."""
    import sys

    from api.cli.commands import run

    sys.exit(run(sys.argv[1:]))
