# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Proves that the scripts of tools/bpftrace and the recipes for perf in
# docs/troubleshooting.md work: all watch the same allocations, of each outcome, and what
# they print is what the kernel's own trace has and `cmactl latency` counts. Cannot prove
# that newer versions of bpftrace and perf than Debian 12's read the scripts.
#
# kernels: 6.12-arm64
# wide: 6.12-arm64
# matrix: no
# boot: always
# mem: 1536M
# cmdline: cma=96M
# timeout: 240
# packages: bpftrace linux-perf
# programs: bpftrace perf
# data: tools/bpftrace/slow.bt tools/bpftrace/obstacles.bt

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh

for program in bpftrace perf; do
	[ -e /test/bin/$program ] || skip_all "$program could not be fetched"
done
[ -e /sys/kernel/btf/vmlinux ] || skip_all "this kernel does not describe its types (BTF)"
tracing=/sys/kernel/tracing
events=$tracing/events/lcma
[ -d $tracing/events ] || mount -t tracefs tracefs $tracing
nr_cpus=$(grep -c '^processor' /proc/cpuinfo)

# is_attached PROCESS NR: has it opened that many events, or ended? For wait_for.
is_attached()
{
	# shellcheck disable=SC2010	# the links are what counts
	[ "$(ls -l "/proc/$1/fd" | grep -c 'perf_event')" -ge "$2" ] || is_gone "$1"
}

# start_bpftrace NAME: in the background; its process is $watcher
start_bpftrace()
{
	bpftrace -B line "/test/data/$1.bt" >"/tmp/$1" 2>&1 &
	watcher=$!
	# One event for each tracepoint, and one on each CPU for what is printed.
	nr_events=$(($(grep -c '^tracepoint:' "/test/data/$1.bt") + nr_cpus))
	wait_for 12000 is_attached $watcher "$nr_events"
	if ! is_gone $watcher && [ "$waited_ms" -lt 120000 ]; then
		pass "$1.bt is attached ($waited_ms ms)"
	else
		bail_out "$1.bt is not attached: $(head -n 30 "/tmp/$1"; ls -l "/proc/$watcher/fd")"
	fi
}

# stop PROCESS NAME: as ^C does
stop()
{
	kill -INT "$1"
	wait "$1"
	is $? 0 "$2 ends well"
}

check "load" lcma_load "cam=32M@cma,keep=0;gpu=16M@cma,keep=all"
region_pages cam
pin -c 1 -o $((nr_pages / 2 + 321)) $base_pfn "$nr_pages"
start_bpftrace slow
slow=$watcher
start_bpftrace obstacles
obstacles=$watcher
perf trace -e 'lcma:lcma_alloc_obstacle' -a >/tmp/perf-trace 2>&1 &
perf_trace=$!
check "perf trace listens" wait_for 6000 is_attached $perf_trace "$nr_cpus"

# --- the allocations -----------------------------------------------------------------------

cat >/tmp/work <<'end'
for bytes in 4M 8M 8M; do
	cmactl alloc $bytes --region cam -- true
done
for bytes in 1M 1M 4M 4M 4M; do
	cmactl alloc $bytes --region gpu -- true
done
cmactl alloc 32M --region cam -- true
cmactl alloc 40M --region cam -- true
cmactl alloc 17M --region gpu -- true
true
end
echo 1 >$events/enable
perf stat -x , -o /tmp/stat -e 'lcma:*' -a -- \
	perf record -o /tmp/perf.data -e 'lcma:*' -a -- sh /tmp/work >/tmp/work.out 2>&1
is $? 0 "perf record and perf stat run the allocations"
echo 0 >$events/enable
sleep 1
stop $slow slow.bt
stop $obstacles obstacles.bt
kill -INT $perf_trace
wait $perf_trace
grep ' lcma_' $tracing/trace >/tmp/truth
perf script -i /tmp/perf.data >/tmp/script 2>/tmp/script.err
is $? 0 "perf script reads what was recorded"

# --- what the kernel's trace has, each of them has ------------------------------------------

# truth EVENT [PATTERN]: how many of these the trace has
truth()
{
	grep -c " $1: .*${2-}" /tmp/truth
}

nr_seen=0
for event in "$events"/lcma_*; do
	event=${event##*/}
	wanted=$(truth "$event")
	[ "$wanted" = 0 ] || nr_seen=$((nr_seen + 1))
	is "$(grep -c " lcma:$event: " /tmp/script)" "$wanted" "perf script has $event as often as the trace ($wanted)"
	is "$(sed -n "s/^\([0-9]*\),.*,\{0,1\}lcma:$event,.*/\1/p" /tmp/stat)" "$wanted" "and perf stat"
done
compare "$nr_seen" -ge 9 "most events were seen"
line=$(grep -m 1 'lcma:lcma_alloc_finish: .*outcome=pool' /tmp/script)
matches "$line" 'lcma:lcma_alloc_finish: region=gpu pfn=0x[0-9a-f]+ nr_pages=[0-9]+ outcome=pool err=0 took_ns=[1-9]' "perf script has the values"
is "$(grep -c 'lcma:lcma_alloc_obstacle(' /tmp/perf-trace)" "$(truth lcma_alloc_obstacle)" "perf trace has each obstacle"

# histogram REGION OUTCOME: how many allocations slow.bt counted
histogram()
{
	awk -v "key=@us[$1, $2]:" '
		/^@/ { sub(/ *$/, ""); inside = $0 == key; next }
		inside && /^[[(]/ { sub(/[|].*/, ""); sub(/.*[])]/, ""); nr += $1 }
		END { print nr + 0 }' /tmp/slow
}

# counted REGION OUTCOME: how many lcma counted
counted()
{
	awk -v "outcome=$2" '
		$1 == outcome { for (i = 3; i < NF; i++) nr += $i }
		END { print nr + 0 }' "$sys/$1/latency"
}

nr_all=0
for region in cam gpu; do
	for outcome in pool search failed; do
		nr=$(counted $region $outcome)
		nr_all=$((nr_all + nr))
		is "$(histogram $region $outcome)" "$nr" "slow.bt has $nr of $region, $outcome, as cmactl latency"
		is "$(truth lcma_alloc_finish "region=$region .*outcome=$outcome ")" "$nr" "and the trace"
	done
done
is "$nr_all" 11 "all allocations are there"
compare "$(histogram gpu pool)" -ge 5 "the pool served some"
compare "$(histogram cam search)" -ge 3 "some were claimed"
compare "$(histogram cam failed)" -ge 2 "some failed"

# --- the slow ones ----------------------------------------------------------------------------

# What slow.bt prints, by the trace: claims since the start, and candidates.
awk '
	function value(key,  text) {
		text = $0
		if (!sub(".* " key "=", "", text))
			return ""
		sub(/ .*/, "", text)
		return text
	}
	/ lcma_alloc_start: / { claim_ns = candidates = 0 }
	/ lcma_alloc_candidate: / { candidates++ }
	/ lcma_claim: / { claim_ns += value("took_ns") }
	/ lcma_alloc_finish: / && value("took_ns") + 0 >= 10000000 {
		printf "%s: %d pages, err %d, %s, %d ms; claims %d ms, %d candidates\n",
			value("region"), value("nr_pages"), value("err"), value("outcome"),
			int(value("took_ns") / 1000000), int(claim_ns / 1000000), candidates
	}' /tmp/truth >/tmp/slow.wanted
sed -n 's/^cmactl\[[0-9]*\] \(.* candidates\)$/\1/p' /tmp/slow >/tmp/slow.got
compare "$(wc -l </tmp/slow.wanted)" -ge 1 "some were slow"
check "slow.bt has these, and what they spent the time on" diff /tmp/slow.wanted /tmp/slow.got
matches "$(cat /tmp/slow.got)" '^cam: 8192 pages, err -16, failed, ' "the request that met the pin is one"

# --- what was in the way -------------------------------------------------------------------------

nr=$(truth lcma_alloc_obstacle)
compare "$nr" -ge 1 "something was in the way"
is "$(grep -c '^cmactl\[[0-9]*\] [a-z]*: pfn 0x[0-9a-f]* (' /tmp/obstacles)" "$nr" "obstacles.bt has each of it"
is "$(grep -c "^cmactl\[[0-9]*\] cam: pfn $pins ([0-9]* pages) pinned, err -16" /tmp/obstacles)" \
	"$(truth lcma_alloc_obstacle "pfn=$pins nr_pages=[0-9]* kind=pinned err=-16")" "the pinned page, with the error"
is "$(sed -n 's/^@kinds\[cam, pinned\]: //p' /tmp/obstacles)" \
	"$(truth lcma_alloc_obstacle 'region=cam .*kind=pinned')" "its kind is counted"
is "$(sed -n "s/^@pages\[$((pins))\]: //p" /tmp/obstacles)" \
	"$(truth lcma_alloc_obstacle "pfn=$pins ")" "and the page"
is "$(sed -n 's/^@waited_ms\[cam\]: //p' /tmp/obstacles)" \
	"$(sed -n 's/.*lcma_alloc_retry: region=cam .*waited_ms=//p' /tmp/truth | sort -n | tail -n 1)" \
	"the longest wait is the trace's"

unpin "the pinned page is intact"
for name in slow obstacles perf-trace script.err stat work.out; do
	[ "$tap_failed" = 0 ] || diag "$name: $(head -n 60 "/tmp/$name")"
done
check "unload" lcma_unload
finish
