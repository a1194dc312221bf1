# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# suite.sh - running suites of test/kmod/apitest. Sourced after tap.sh.

apitest=/sys/kernel/debug/lcma_apitest

# suite NAME REGION: runs it; each of its checks is a result
suite()
{
	if ! echo "$1 $2" >$apitest/run; then
		fail "$1 in $2 runs"
		return
	fi
	suite_began=$tap_count
	while read -r line; do
		case $line in
		"ok "*) pass "$1 $2: ${line#ok }" ;;
		"not ok "*) fail "$1 $2: ${line#not ok }" ;;
		esac
	done <$apitest/results
	# A suite without results has not run.
	[ $tap_count -gt $suite_began ] || fail "$1 in $2 says something"
}
