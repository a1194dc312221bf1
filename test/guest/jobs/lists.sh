# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# lists - what it costs to list many buffers: in proportion to what is listed,
# whichever process asks, wherever the list is to begin, and however it is read (an ioctl,
# debugfs by pieces of any size). Every buffer is listed once, also while others
# come and go.
# Cannot be shown here: for how long the region's lock is held with interrupts off.
#
# suite@6.12-armhf: trust
# matrix: no
# mem: 512M
# cmdline: cma=96M
# timeout: 240

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh

run_program lcma_lists
finish
