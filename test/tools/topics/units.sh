# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# Programs of unit tests, and the selftest of the report of make bench: each of their
# results counts.

# unit NAME OBJECT...: a test program; each of its results counts
unit()
{
	local name=$1 status good bad
	shift
	# shellcheck disable=SC2086
	gcc -std=gnu11 -D_GNU_SOURCE -g -Wall -Wextra -Werror -Wno-unused-parameter \
		$sanitize -I "$top/include/uapi" -I "$top/tools/liblcma" \
		-I "$top/tools/cmactl" -o "$name" "$here/$name.c" "$@" \
		>"$name.log" 2>&1 || { report 1 "$name does not build" "$name.log"; return; }
	timeout 600 "./$name" >"$name.log" 2>&1
	status=$?
	good=$(grep -c '^ok ' "$name.log")
	bad=$(grep -c '^not ok ' "$name.log")
	if [ $status != 0 ] && [ "$bad" = 0 ] || ! grep -q '^1\.\.' "$name.log"; then
		bad=$((bad + 1))
	fi
	passed=$((passed + good))
	failed=$((failed + bad))
	[ "$bad" = 0 ] || { echo "FAIL $name"; grep -v '^ok ' "$name.log" | head -n 60; }
}

unit test_args fake/cmactl/{args,size,item}.o
unit test_histogram fake/cmactl/histogram.o
unit test_json fake/cmactl/{json,table,size}.o
# shellcheck disable=SC2086
unit test_lib fake/liblcma.a $wraps fake.o

# Its results count, too.
bench_report()
{
	local status bad
	timeout 1200 "$top/test/bench/selftest" >bench.log 2>&1
	status=$?
	bad=$(grep -c '^not ok ' bench.log)
	if [ $status != 0 ] && [ "$bad" = 0 ] || ! grep -q '^1\.\.' bench.log; then
		bad=$((bad + 1))
	fi
	passed=$((passed + $(grep -c '^ok ' bench.log)))
	failed=$((failed + bad))
	[ "$bad" = 0 ] || { echo "FAIL bench/selftest"; grep -v '^ok ' bench.log | head -n 40; }
}
bench_report
