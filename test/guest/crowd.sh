# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# crowd - eight processes at once allocate in every way, fill, verify, pass on,
# fork and are killed, while the system's own memory has to make room: no
# buffer overlaps another or is dirty when it is new, the system's memory is as
# it was, and at the end nothing is used and no descriptor is left.
# What is drawn differs from run to run: the seed is told. It proves what it
# met, no more.
#
# cmdline: cma=96M
# mem: 384M
# smp: 4
# timeout: 180

# shellcheck source=test/guest/tap.sh
. /test/tap.sh
# shellcheck source=test/guest/program.inc.sh
. /test/program.inc.sh

# shellcheck disable=SC2154	# from the kernel command line
seed=${lcma_seed:-$(hexdump -n 2 -e '"%u"' /dev/urandom)}
diag "seed $seed (again with: --cmdline lcma_seed=$seed)"
run_program lcma_crowd "${lcma_seconds:-30}" "$seed"
finish
