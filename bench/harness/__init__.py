"""What the benchmarks share: starting servers, loading them with wrk, reading what that cost from /proc."""
