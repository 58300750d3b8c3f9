"""A port as an argument of a command."""

from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

Port = Annotated[int, Parameter(validator=Number(gte=0, lte=65535))]
"""A TCP port; 0 picks a free one."""
