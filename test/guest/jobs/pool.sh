# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# pool - what a region keeps, and for how long: a claim keeps the rest of the
# free block that it had to take anyway, up to the high mark; a pool below its
# low mark is refilled, one above the high mark is trimmed, an idle one decays;
# under memory pressure it goes back and is not refilled at once; pages of the
# pool are zero, also those that were written to before. Requests that are
# killed, drains and unloading come between. The kernel clears what it hands out
# (init_on_alloc=1, as Debian builds it); pool_dirty is the same where it does not.
# How much faster a pool is, is the benchmark's business.
#
# suite: trust
# matrix: no
# cmdline: cma=96M
# mem: 512M
# timeout: 240

# shellcheck source=test/guest/lib/pool.sh
. /test/lib/pool.sh
