# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# latency, metrics, the dashboard, bench.

# latency
mkdir -p "$FAKE_ROOT"/sys/kernel/lcma/{cam,gpu}
zeros='0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0'
cat >"$FAKE_ROOT/sys/kernel/lcma/cam/latency" <<-EOF
	pool 65536 0 0 0 60 30 9 0 0 0 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1234567890
	search more $zeros 0 0 0 1 0
	failed more $zeros 0 0 0 0 2
	failed 65536 $zeros 0 0 0 0 0
EOF
echo "pool 65536 $zeros 0 0 0 0 0" >"$FAKE_ROOT/sys/kernel/lcma/gpu/latency"
ctl 0 latency
out '^cam +pool +64 KiB +100 +<= 8 us +<= 32 us +<= 1\.0 ms +   =:\. '
out '^cam +search +more +1 +<= 8\.3 s +<= 8\.3 s +<= 8\.3 s '
out '^cam +failed +more +2 +> 8\.3 s '
[ "$(wc -l <out)" = 4 ]
report $? "what never happened is left out" out
ctl 0 latency cam --json
json "[(l['outcome'], l['bytes_up_to'], l['count']) for l in d['latencies']]" \
	"[('pool', 65536, 100), ('search', None, 1), ('failed', None, 2), ('failed', 65536, 0)]"
json "[l['sum_ns'] for l in d['latencies']]" "[1234567890, None, None, None]"
json "d['latencies'][0]['classes'][3], d['latencies'][0]['classes'][24]['ns_up_to']" "({'ns_up_to': 8000, 'count': 60}, None)"
ctl 0 latency cam --svg
try "SVG is XML" python3 -c 'import xml.dom.minidom, sys; xml.dom.minidom.parse("out")'
[ "$(grep -c '<rect x=' out)" = 75 ]
report $? "three rows of 25 bars" out
rm "$FAKE_ROOT/sys/kernel/lcma/gpu/latency"
ctl 1 latency
err 'lcma/gpu/latency: ENOENT'

# metrics: what promtool takes, where Debian's prometheus is installed
promtool_is_quiet()
{
	promtool check metrics <out && [ -z "$(promtool check metrics <out 2>&1)" ]
}
ctl 0 metrics
out '^# TYPE lcma_region_used_bytes gauge$'
out '^lcma_region_used_bytes\{region="cam"\} 4206592$'
out '^lcma_region_allocations_total\{region="gpu"\} 7$'
out '^lcma_region_claim_max_seconds\{region="cam"\} 0\.001234$'
out '^lcma_region_largest_movable_bytes\{region="cam"\} 62844928$'
out '^lcma_region_stuck_bytes\{region="cam"\} 4096$'
out '^lcma_region_keep_high_bytes\{region="gpu"\} 16777216$'
out '^lcma_region_allocation_seconds_bucket\{region="cam",outcome="pool",bytes_up_to="65536",le="0\.000016"\} 90$'
out '^lcma_region_allocation_seconds_bucket\{region="cam",outcome="failed",bytes_up_to="\+Inf",le="\+Inf"\} 2$'
# Of a module that tells no sum there is none.
[ "$(grep '_sum{' out)" = 'lcma_region_allocation_seconds_sum{region="cam",outcome="pool",bytes_up_to="65536"} 1.234567890' ]
report $? "the sum of all times" out
out '^lcma_region_info\{region="gpu",source="reserve_mem:gpu",private="1"\} 1$'
if command -v promtool >/dev/null; then
	try "promtool likes them" promtool_is_quiet
else
	skip "promtool likes them" "install Debian's prometheus"
fi
# The dashboard asks for nothing that is not there.
dashboard()
{
	python3 - out "$top/docs/grafana.json" <<-'END'
	import json, re, sys
	there = set(re.findall(r'^(lcma_\w+)', open(sys.argv[1]).read(), re.M))
	board = json.load(open(sys.argv[2]))
	asked = set()
	texts = [v['query'] for v in board['templating']['list']]
	for panel in board['panels']:
	    assert panel['targets'], panel['title']
	    texts += [target['expr'] for target in panel['targets']]
	for text in texts:
	    asked |= set(re.findall(r'lcma_\w+', text))
	assert len(asked) > 12, asked
	assert asked <= there, asked - there
	END
}
try "docs/grafana.json shows metrics that exist" dashboard
FAKE_USER=1 ctl 0 metrics --region cam
! grep -q 'gpu\|largest_movable' out
report $? "metrics of one region, of an ordinary user" out
ctl 0 metrics --output "$out/lcma.prom"
[ ! -s out ] && grep -q '^lcma_build_info' "$out/lcma.prom" && [ "$(find . -name 'lcma.prom*' | wc -l)" = 1 ]
report $? "metrics in a file, and nothing beside it" out
ctl 1 metrics --output "$out/no/such/lcma.prom"
err 'ENOENT'

# bench: a table, and a line for each region and size
ctl 0 bench cam --count 5 --max 64K
out '^REGION +SIZE +N +MEDIAN +P99 +MAX +FREE +FAILED +WHY *$'
out '^cam +4 KiB +5 .* 0 +-$'
[ "$(grep -c '^cam ' out)" = 3 ]
report $? "bench: 4, 16, 64 KiB" out
FAKE_SLOW=300 ctl 0 bench --region gpu --count 3 --max 4K --json
json "d['case'], d['region'], d['size_pages'], d['bytes'], d['n'], d['fail_lcma'], d['errno'], d['kernel_ns'], d['mode']" \
	"('board', 'gpu', 1, 4096, 3, 0, None, None, 'board')"
# An allocation sleeps for 300 ms; that is not in the time of the free (of which this
# is the median of three, on a machine that is busy as well).
json "300 * 10**6 <= d['lcma_ns'] <= d['lcma_p99_ns'] <= d['lcma_max_ns'], d['lcma_free_ns'] < d['lcma_ns']" "(True, True)"
FAKE_ALLOC=11 ctl 1 bench cam --count 2 --max 4K --nowait --json
json "d['case'], d['n'], d['fail_lcma'], d['errno'], d['lcma_ns']" "('board-nowait', 0, 2, 'EAGAIN', None)"
FAKE_ALLOC=11 ctl 1 bench cam --count 2 --max 4K
out '^cam +4 KiB +0 .* 2 +EAGAIN$'
ctl 1 bench none
err "region 'none': ENOENT"
