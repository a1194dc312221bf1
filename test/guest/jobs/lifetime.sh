# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# lifetime - a buffer lives until its last descriptor, mapping or message is
# gone, in whatever order and process, killed or not; then its pages are back
# at once and the accounts are exact. Until then the module cannot be unloaded.
# Not here: attachments of other drivers (the vivid and kapi jobs).
#
# suite@6.12-armhf: trust
# cmdline: cma=96M
# pages: poison

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh

run_program lcma_lifetime
finish
