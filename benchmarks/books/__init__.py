"""A store of many contracts, for benchmarks of what finance does."""
