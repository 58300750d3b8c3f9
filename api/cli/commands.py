"""The table of commands; none of them is imported before it runs."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Final

from cyclopts import App, CycloptsError, Parameter

from api.cli.endings import Exit, end_with
from api.cli.output import tell

ABOUT: Final = """Brings a seller's Amazon orders into a commerce back office, and simulates Amazon to develop against.

Start here:
  orderlane demo     a simulated Amazon, live orders and the service, in one process
  orderlane serve    the service, against the Amazon that is configured
"""
AFTERWARDS: Final = "Any command takes --debug, which shows the traceback of an error."

_COMMANDS: Final = (
    ("demo", "Run a simulated Amazon and the service in one process, with orders arriving."),
    ("serve", "Run the service against the Amazon that is configured."),
    ("simulate", "Run the simulated Amazon alone."),
    ("sync", "Bring in what is new at Amazon, once."),
    ("doctor", "Look for what is wrong here, and say what mends it."),
    ("query", "Run a GraphQL document and print the answer."),
    ("migrate", "Bring the database's tables up to date."),
    ("export-schema", "Print the GraphQL schema."),
)
_GROUPS: Final = (
    (
        "stores",
        "Connect, list, pause and resume stores.",
        (
            ("connect", "Connect a store."),
            ("list", "List the stores."),
            ("show", "Show one store at a glance."),
            ("pause", "Stop syncing a store."),
            ("resume", "Sync a paused store again."),
        ),
    ),
    (
        "orders",
        "List, show, ship, cancel, hold, bill, refund and print orders, and write to their buyers.",
        (
            ("list", "List orders, the newest first."),
            ("show", "Show one order, and what can be done with it."),
            ("ship", "Ship an order, or some of it."),
            ("track", "Correct the tracking of what left, or say that some of it travels apart."),
            ("carriers", "List the carriers to ship with."),
            ("cancel", "Ask Amazon to cancel an order."),
            ("hold", "Put an order on hold, until a time or until it is lifted."),
            ("unhold", "Lift the hold of an order."),
            ("invoice", "Invoice what is not billed of an order."),
            ("refund", "Give back some or all that was paid of an order."),
            ("comment", "Write a comment on an order, or set a status of its state."),
            ("export", "Write a list of orders into a CSV file."),
            ("print", "Write the papers of an order into a file."),
            ("email", "Write to the buyer of an order."),
            ("adopt", "Take over orders that another system has imported, by a file of their numbers."),
        ),
    ),
    (
        "products",
        "Import, export, list and count products.",
        (
            ("import", "Import products from a CSV or JSON file."),
            ("export", "Write all products into a CSV or JSON file."),
            ("list", "List the products."),
            ("restock", "Count a product, at a source or where there is only one."),
            ("transfer", "Carry some of a product from one source to another."),
        ),
    ),
    (
        "sources",
        "List, make, change and order the sources of stock.",
        (
            ("list", "List the sources, those that goods are taken from first before the others."),
            ("save", "Make a source, or change it."),
            ("order", "Say in which order goods are taken from the sources."),
        ),
    ),
    (
        "rates",
        "Set, import, list and remove rates of currencies.",
        (
            ("set", "Set what a currency is worth in a base currency from a day on."),
            ("import", "Set the rates of a CSV file."),
            ("list", "List the rates."),
            ("remove", "Remove a rate."),
        ),
    ),
    (
        "scenarios",
        "List, show and run the simulator's scenarios.",
        (
            ("list", "List the scenarios that come with the simulator."),
            ("show", "Print the file of a scenario."),
            ("verbs", "List what a step of a scenario can do."),
            ("run", "Play scenarios, and say whether all went as they should."),
        ),
    ),
    (
        "config",
        "Show the configuration, and set the read-only mode, what is logged, and the base currency.",
        (
            ("show", "Print every setting and where its value comes from."),
            ("read-only", "Hold back what is to go to Amazon, or let it go."),
            ("debug-logging", "Let the log tell each call to Amazon too, or no longer."),
            ("base-currency", "Count orders in one currency besides their own, or no longer."),
        ),
    ),
)


def build() -> App:
    """Return the command line."""
    app = App(
        name="orderlane",
        help=ABOUT,
        help_epilogue=AFTERWARDS,
        help_format="plaintext",
        help_formatter="plain",
        version=version("orderlane"),
        default_parameter=Parameter(negative=()),
        result_action="return_value",
        suppress_keyboard_interrupt=False,
        exit_on_error=False,
        print_error=False,
    )
    for name, words in _COMMANDS:
        module = name.replace("-", "_")
        app.command(f"api.cli.{module}:{module}", name=name, help=words)
    for name, words, parts in _GROUPS:
        group = App(name=name, help=words)
        for part, about in parts:
            group.command(f"api.cli.{name}:{part.replace('-', '_')}_{name}", name=part, help=about)
        app.command(group)
    return app


def with_full_help(app: App, words: Sequence[str]) -> App:
    """Let the command that some words name show its whole docstring: the table's words are for the list of commands."""
    named = app
    for word in words:
        if word.startswith("-") or word not in named:
            break
        named = named[word]
    if named.default_command is not None and named is not app:
        named.help = None
    return app


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    with_traceback = "--debug" in arguments
    try:
        words = [argument for argument in arguments if argument != "--debug"]
        code = with_full_help(build(), words)(words)
    except CycloptsError as error:
        tell(f"{error}\n\nTry `orderlane --help`.")
        return Exit.WRONG_USAGE
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except Exception as error:
        return end_with(error, with_traceback=with_traceback)
    return code if isinstance(code, int) else Exit.OK
