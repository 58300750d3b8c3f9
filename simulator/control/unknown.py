"""What to ask the control plane instead of what it does not offer."""

from collections.abc import Iterator
from typing import Final

from starlette.requests import Request
from starlette.routing import Mount, Route

from simulator.refusing import nearest

LONGEST: Final = 200  # letters of a path that are looked at


def instead_of(request: Request, *, under: str) -> str:
    """Return the end of a refusal: the methods of this path, or the control that is nearest, or the paths there are."""
    routes = list(_offered(request, under))
    path = request.url.path.removeprefix(under)[:LONGEST] or "/"
    methods = [method for route in routes if route.path_regex.match(path) for method in _methods(route)]
    if methods:
        return f"; this path takes {', '.join(sorted(methods))}"
    named = {_as_asked(route.path, path): route.path for route in routes if route.path != "/"}
    near = nearest(path, named)
    if near is None:
        return f"; there are {', '.join(sorted({under + _head(route.path) for route in routes}))}"
    calls = [
        f"{method} {under}{named[near]}" for route in routes if route.path == named[near] for method in _methods(route)
    ]
    wanted = [call for call in calls if call.startswith(f"{request.method} ")]
    return f"; did you mean {' or '.join(wanted or calls)}?"


def _offered(request: Request, under: str) -> Iterator[Route]:
    for mount in request.app.routes:
        if isinstance(mount, Mount) and mount.path == under:
            yield from (route for route in mount.routes if isinstance(route, Route))


def _methods(route: Route) -> list[str]:
    return sorted((route.methods or set()) - {"HEAD"})


def _as_asked(template: str, path: str) -> str:
    """Return a control's path with the parts of the request where it takes any."""
    asked = path.split("/")
    parts = template.split("/")
    return "/".join(asked[at] if part.startswith("{") and at < len(asked) else part for at, part in enumerate(parts))


def _head(path: str) -> str:
    return "/" + path.split("/")[1] if path != "/" else ""
