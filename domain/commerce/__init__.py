"""The commerce order and its papers: lines, invoices, shipments with packages, credit memos, customers."""
