# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# permissions - every call and every file as an ordinary user, as root without
# one capability, with one only, and in a user namespace: who may see addresses
# and other people's buffers, and who may change anything.
# Not here: what a driver lets a user do with a buffer.
#
# suite@6.1-armhf: trust
# cmdline: cma=96M
# smp@*-debug: 1

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh

run_program lcma_permissions
finish
