"""The page at `/`: where everything is."""

from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Orderlane</title>
<h1>Orderlane</h1>
<p>A seller's Amazon orders, and what became of them here.</p>
<ul>
<li><code>POST <a href="/graphql">/graphql</a></code>: the API. It takes <code>{"query": "…", "variables": {…}}</code>
as <code>application/json</code>. <code>orderlane export-schema</code> prints its schema,
<code>orderlane query</code> asks from a terminal.</li>
<li><a href="/livez">/livez</a>: whether the process answers.</li>
<li><a href="/readyz">/readyz</a>: whether database, tables and worker are fit.</li>
</ul>
</html>
"""


async def home(_: Request) -> Response:
    """Show the page."""
    return HTMLResponse(PAGE)
