# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# mapping - how often a program that has mapped a buffer faults: not at all when the
# mapping is filled at once, else once for each group of pages, and never a second
# time for the dirty bit. What is read-only stays so and clean; a mapping that has no
# access at first shows the buffer later; all of it can be taken away from outside, as
# a mover would. Which page is where, the dmabuf job tells. Not here: what it costs
# (mapping_cost), and what a TLB gains from larger entries, which QEMU does not show.
#
# mem: 1G
# cmdline: cma=192M@0x90000000
# cmdline@*-arm64|*-amd64: cma=192M
# timeout: 240

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh

insmod /test/kmod/lcma_testkit.ko
run_program lcma_mapping
rmmod lcma_testkit
finish
