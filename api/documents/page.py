"""Papers as one page for the browser, which prints each on sheets of its own."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from jinja2 import DictLoader, Environment, StrictUndefined

from api.documents.papers import Paper

STYLE: Final = """
:root { color-scheme: light; }
body { font: 10pt/1.4 system-ui, "Noto Sans", sans-serif; color: #111; background: #eee; margin: 0; }
article { background: #fff; max-width: 190mm; margin: 8mm auto; padding: 12mm; overflow-wrap: anywhere; }
header, .parties { display: flex; flex-wrap: wrap; gap: 6mm 14mm; justify-content: space-between; }
h1 { font-size: 18pt; margin: 0 0 2mm; }
h2 { font-size: 9pt; margin: 0 0 1mm; color: #555; }
p { margin: 0; }
dl { display: grid; grid-template-columns: auto auto; gap: 0 4mm; margin: 0; }
dt { color: #555; }
dd { margin: 0; }
.parties { justify-content: flex-start; margin: 8mm 0; }
.unknown { font-style: italic; color: #555; }
table { width: 100%; border-collapse: collapse; margin: 4mm 0; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { text-align: start; vertical-align: top; padding: 1mm 2mm; border-bottom: 0.2mm solid #ccc; }
.number { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; }
.sums { width: auto; margin-inline-start: auto; }
.total { font-weight: bold; }
.notes { color: #555; font-size: 9pt; }
@page { size: A4; margin: 14mm; @bottom-right { content: counter(page) " / " counter(pages); } }
@media print {
  body { background: none; }
  article { max-width: none; margin: 0; padding: 0; break-after: page; }
  article:last-of-type { break-after: auto; }
}
"""
_TEMPLATE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>{{ title }}</title>
<style>{{ style | safe }}</style>
</head>
<body>
{% for paper in papers %}
<article>
<header>
<div>
<h1>{{ paper.title }}</h1>
{% for line in paper.seller %}<p dir="auto">{{ line }}</p>
{% endfor %}</div>
<dl>
<dt>Number</dt><dd>{{ paper.number }}</dd>
{% for label, value in paper.facts %}<dt>{{ label }}</dt><dd>{{ value }}</dd>
{% endfor %}</dl>
</header>
<div class="parties">
{% for party in paper.parties %}<section{% if not party.is_known %} class="unknown"{% endif %}>
<h2>{{ party.title }}</h2>
{% for line in party.lines %}<p dir="auto">{{ line }}</p>
{% endfor %}</section>
{% endfor %}</div>
{% for table in paper.tables %}<table>
<thead><tr>
{%- for column in table.columns %}<th{% if column.is_number %} class="number"{% endif %}>{{ column.head }}</th>
{%- endfor %}</tr></thead>
<tbody>
{% for row in table.rows %}<tr>{% for column, text in zip(table.columns, row) -%}
<td dir="auto"{% if column.is_number %} class="number"{% endif %}>{{ text }}</td>{% endfor %}</tr>
{% endfor %}</tbody>
</table>
{% endfor %}{% if paper.sums %}<table class="sums">
{% for sum in paper.sums %}<tr{% if sum.is_total %} class="total"{% endif %}><th scope="row">{{ sum.label }}</th>
<td class="number">{{ sum.amount }}</td></tr>
{% endfor %}</table>
{% endif %}{% for note in paper.notes %}<p class="notes">{{ note }}</p>
{% endfor %}</article>
{% endfor %}</body>
</html>
"""
_ENVIRONMENT: Final = Environment(
    loader=DictLoader({"page": _TEMPLATE}), autoescape=True, undefined=StrictUndefined, auto_reload=False
)
_STYLE_HASH: Final = b64encode(sha256(STYLE.encode()).digest()).decode()

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "content-security-policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    }
)
"""Nothing but the page's own style is used: no script, no picture, no font, no frame."""


def page_of(papers: Sequence[Paper]) -> str:
    """Return papers as one page of HTML."""
    title = papers[0].name if len(papers) == 1 else f"{len(papers)} papers"
    return _ENVIRONMENT.get_template("page").render(papers=papers, title=title, style=STYLE, zip=zip)
