# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# mapping_cost - what it costs to map a buffer of 64 MiB, to write to each page for the
# first time, and to unmap it: with mappings that are filled at once and with those that
# faults fill. Lines `# bench {...}`; not a part of `make bench`, whose bench_mapping
# measures the default. Proves nothing by itself.
#
# suite: bench
# mem: 1G
# icount: 3
# cmdline: cma=192M
# timeout: 300

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh

run_program lcma_mapping time
finish
