# SPDX-License-Identifier: GPL-2.0-only
#
# Twenty-four times load and unload, with a program's pages in the area and with
# the kernel's own CMA in use by a neighbour. Each time the same carve succeeds
# at the same page frames; a buffer is had; the neighbour's allocations succeed;
# afterwards the kernel's CMA can have exactly the carved range, a reserve_mem
# reservation is Reserved to the page again, the program's pages are unharmed,
# and the kernel's own memory has not grown.
# Cannot be shown here: leaks of less than 9 KiB a round (the task of
# reload_hundred, and of kmemleak), and loading under heavy memory pressure. Where
# units are smaller, a page that is in the way for a moment makes the carve go
# elsewhere: not here.
#
# suite@6.1-armhf: trust
# kernels: *-armhf
# mem: 192M
# cmdline: cma=64M
# cmdline@6.12-*|7-*: cma=64M reserve_mem=16M:8M:res
# timeout: 240
# smp@6.12-*|7-*: 1

rounds=24
. /test/lib/reload.sh
