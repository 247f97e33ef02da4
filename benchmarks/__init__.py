"""One module a budget. ``python -m benchmarks [NAME ...]`` runs them; each prints a table and writes JSON."""
