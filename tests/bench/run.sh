#!/bin/bash
# Measures Kairan beside its peers, in one run of the machine: ratios and medians.
#   make bench                     everything but soaks, in less than an hour
#   make bench MEASURE="send dot"  some of it; bench.py names them all
# RUNS (5), RECIPIENTS (100000) and CONTACTS (1000000) make it smaller; say so where you quote it.
set -euo pipefail
cd "$(dirname "$0")/../.."
deploy/deps.sh build run test bench
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -j"$(nproc)" B="${B:=build}" bench-programs
export B
# DURABLE: the cluster as it runs in a town, fsync and all.
DURABLE=1 exec tests/with_pg.sh /usr/bin/python3 tests/bench/bench.py "$@"
