# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# stress.

# stress: what a device would have to do wrong, and is it found?
# stresses WANTED EXPRESSION [ARGUMENT...]: a report of 0.3 s, for which EXPRESSION
# is True. On a machine on which so little time is too short for that: of more.
stresses()
{
	local wanted=$1 wish=$2 seconds status
	shift 2
	for seconds in 0.3 1 4 16; do
		status=0
		# shellcheck disable=SC2086	# a list of words
		timeout $limit_s fake/cmactl/cmactl -d /dev/fake stress $seconds $stress_args "$@" \
			--json >out 2>err </dev/null || status=$?
		python3 -c "import json; d = json.load(open('out'))['stress']; exit(not ($wish))" 2>/dev/null && break
	done
	[ $status = "$wanted" ]
	report $? "cmactl stress $seconds $*: exit $wanted, got $status" out err
	python3 -m json.tool --json-lines out json
	report $? "cmactl stress $seconds $*: valid JSON" out
	json "(lambda d: $wish)(d['stress'])" True
}

stress_args='--threads 3 --max 256K --fill 1M --seed 5'
# shellcheck disable=SC2086	# lists of words
{
ctl 0 stress 0.3 $stress_args
# Never shorter than it was asked for; how much longer is the machine's affair.
out '^stress +([3-9][0-9]{2}\.[0-9] ms|[0-9]+\.[0-9] s|[0-9]+ m [0-9]+ s), 3 threads, up to 256 KiB, seed 5$'
out '^buffers +[1-9]'
out '^corrupt +0$'
out '^leaked +0$'
out '^late +0,'
! grep -q '^first' out
report $? "stress: nothing is complained of" out
stresses 0 "all(d[k] > 0 for k in ('buffers', 'bytes', 'checked_bytes', 'memory_pages', 'pins', 'signals', 'kills', 'unloads'))" --unload
json "d['stress']['seed'], d['stress']['threads'], d['stress']['corrupt'], d['stress']['leaked'], d['stress']['why'], d['stress']['failures']" \
	"(5, 3, 0, 0, None, {})"
json "0 < d['stress']['latency_ns']['median'] <= d['stress']['latency_ns']['p99'] <= d['stress']['latency_ns']['max']" True
FAKE_CORRUPT=1 stresses 1 "d['corrupt'] > 0"
json "'not what was written: byte 0x7d0 of' in d['stress']['why']" True
FAKE_DIRTY=1 stresses 1 "d['corrupt'] > 0"
json "'a new buffer, not zeroed: byte 0x308 of' in d['stress']['why']" True
FAKE_LEAK=1 FAKE_STATE=$out/state3 stresses 1 "d['leaked'] == 1"
json "d['stress']['leaked'], d['stress']['corrupt']" "(1, 0)"
FAKE_SLOW=130 stresses 1 "d['late'] > d['late_waiting']" --timeout 60
json "d['stress']['late_max_ns'] > 10**7" True
# What waited for a CPU is the machine's affair.
FAKE_SLOW=70 stresses 0 "d['buffers'] > 0" --timeout 1000
json "d['stress']['late'] == d['stress']['late_waiting'], d['stress']['latency_ns']['max'] >= 70 * 10**6" "(True, True)"
FAKE_ALLOC=28 stresses 1 "d['failures'] != {}"
json "d['stress']['buffers'], list(d['stress']['failures'])" "(0, ['ENOSPC'])"
ctl 1 stress 0.3 $stress_args --region none
err "region 'none': ENOENT"
}
stress_ends()
{
	local pid
	fake/cmactl/cmactl -d /dev/fake stress 60 --threads 2 >out 2>&1 </dev/null &
	pid=$!
	# It has begun when there is a second thread; long before, it catches TERM.
	wait_until process_is $pid '^Threads:.*([2-9]|[1-9][0-9])$'
	kill -TERM $pid && wait $pid && grep -q '^corrupt  *0$' out
}
stress_ends
report $? "stress: SIGTERM ends it, with a report" out
! pgrep -f '^fake/cmactl/cmactl -d /dev/fake stress' >said
report $? "stress: no process is left" said
