# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# crowd - eight processes at once allocate in every way, fill, verify, pass on,
# fork and are killed, while the system's own memory has to make room: no
# buffer overlaps another or is dirty when it is new, the system's memory is as
# it was, and at the end nothing is used and no descriptor is left.
# What is drawn differs from run to run: the seed is told. It proves what it
# met, no more: eight seconds, with more CPUs on 6.1; half a minute with the kernel's
# checkers; minutes in the storm, or with --cmdline lcma_seconds=N.
#
# suite@6.12-armhf: trust
# matrix: no
# matrix@6.1-rt-armhf: yes
# cmdline: cma=96M
# mem: 384M
# smp: 4
# smp@6.12-armhf: 2
# timeout: 240
# pages: poison owner

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh

seed
seconds=8
[ -z "${lcma_scale-}" ] || seconds=30
run_program lcma_crowd "${lcma_seconds:-$seconds}" "$seed"
finish
