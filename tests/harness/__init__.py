"""What the end-to-end and browser tests stand on: a cluster, the programs, a relay, a browser."""
