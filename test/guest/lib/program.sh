# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# program.sh - jobs whose tests are C programs (program.h). Sourced after
# tap.sh.

# run_program PROGRAM [ARGUMENT...]: runs a program that reports results as we
# do, and goes on counting where it stopped.
run_program()
{
	rm -f /tmp/tap-report
	TAP_COUNT=$tap_count TAP_REPORT=/tmp/tap-report "$@"
	tap_status=$?
	if read -r tap_count tap_lost 2>/dev/null </tmp/tap-report; then
		tap_failed=$((tap_failed + tap_lost))
	else
		bail_out "$* ended with status $tap_status before its time"
	fi
}

# give_node PATH: to everybody, as a distribution's udev rule may
give_node()
{
	chmod 0666 "$1"
}
