"""The tables, in the order they came; every statement is written out, for SQLite and PostgreSQL alike.

Tables are never rebuilt and rows never moved by a generated operation: on SQLite that loses rows and indexes.
"""
