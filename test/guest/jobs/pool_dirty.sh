# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# pool_dirty - as pool, on a kernel that hands out pages as they are: what is
# zero in a pool has been cleared by lcma.
#
# suite: trust
# matrix: no
# cmdline: cma=96M init_on_alloc=0
# mem: 512M
# timeout: 240
# smp@*-debug: 1

# shellcheck source=test/guest/lib/pool.sh
. /test/lib/pool.sh
