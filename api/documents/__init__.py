"""Papers to print: invoices, packing slips and credit memos, as a page for the browser and as PDF.

`papers.py` says what stands on a paper, in words ready to print; `gathering.py` reads it from the database; `page.py`
and `pdf.py` only lay it out. `links.py` signs the links to papers, and `routes.py` answers them.
"""
