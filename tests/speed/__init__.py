"""How long many campaign files take to check; `scripts/bench_validate` runs it."""
