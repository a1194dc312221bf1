# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# map and watch.

ctl 0 map
out '^region cam:$'
out '^region gpu:$'
out '^# a line is 8 MiB, a character 128 KiB; '
out '^# P pinned: in the way$'
# 4 MiB and 12 KiB used; what is in the way shows, however small it is.
out '^0x7a800000 #{32}P\.{31} P 4 KiB # 4\.0 MiB \+ 52 KiB \. 3\.9 MiB$'
out '^0x7b000000 \.{64} \. 8 MiB$'
out '^0x90000000 #{8}p{56} # 1 MiB p 7 MiB$'
out '^the longest unused run is 12 MiB, the longest with nothing in the way 59\.9 MiB$'
[ "$(grep -c '^0x' out)" = 10 ]
report $? "a line for each unit" out
ctl 0 map cam
! grep -q '^region' out
report $? "a single map has no heading" out
! grep -q $'\033' out
report $? "a file has no colours" out
FAKE_USER=1 ctl 0 map cam
out '^\+00000000 #{32}%\.{31} # 4\.0 MiB \. 3\.9 MiB$'
out 'root sees what is in the way'
ctl 0 map --json
json "[len(m['blocks']) for m in d['maps']]" "[8, 2]"
json "d['maps'][0]['blocks'][0]['pinned_pages'], d['maps'][0]['blocks'][0]['used_pages'], d['maps'][0]['blocks'][0]['system_pages'], d['maps'][0]['cell_bytes']" \
	"(1, 1027, 14, 131072)"
json "d['maps'][0]['largest'], d['maps'][0]['largest_movable'], d['maps'][1]['largest_movable']" "(12582912, 62844928, 15728640)"
FAKE_USER=1 ctl 0 map cam --json
json "d['maps'][0]['largest_movable'], d['maps'][0]['blocks'][0]['phys'], d['maps'][0]['blocks'][0]['pinned_pages']" "(None, None, None)"
FAKE_NO_MORE=1 ctl 0 map --json
json "d['maps'][0]['blocks'][0]['pinned_pages'], d['maps'][1]['blocks'][1]['pool_pages']" "(1, 2048)"
FAKE_OLD=1 ctl 1 map --json
json "d['error']['message']" 'the module is older than this cmactl'
ctl 1 map none
err "region 'none': ENOENT"
ctl 0 map cam --svg
try "SVG is XML" python3 -c 'import xml.dom.minidom, sys; xml.dom.minidom.parse("out")'
out '<text [^>]*>camera</text>'
out '>4 KiB at \+0x410000: pinned: in the way<'
[ "$(grep -c '<rect class="buffer"' out)" = 2 ]
report $? "two buffers are outlined" out
! grep -q $'\033' out
report $? "a command name cannot break it" out
# 12 MiB, from 4 MiB into the first row on: outlined in both rows, labelled once.
FAKE_STATE=$out/state3 ctl 0 alloc 12M --text --label wide
FAKE_STATE=$out/state3 ctl 0 map cam --svg
out '<rect class="buffer" x="610\.00" y="30" width="500\.00"'
out '<rect class="rest" x="110\.00" y="52" width="1000\.00"'
[ "$(grep -c '>wide<' out)" = 1 ]
report $? "it has its label once" out
FAKE_USER=1 ctl 0 map cam --svg
! grep -q camera out
report $? "without addresses, no labels" out
ctl 0 map cam --watch --interval 0.05 --count 2 --json
[ "$(wc -l <out)" = 2 ]
report $? "watch writes two objects" out
began=$(date +%s%N)
ctl 0 map cam --watch --interval 1.5 --count 2
[ $(($(date +%s%N) - began)) -ge 1500000000 ]
report $? "the second one comes after --interval"
[ "$(grep -c '^20..-..-.. ..:..:..$' out)" = 2 ] && ! grep -q $'\033' out
report $? "in a file, each has the time, and nothing else that a terminal needs" out
# On a terminal: colours, and a clock.
terminal()
{
	# shellcheck disable=SC2016	# for python
	python3 -c 'import pty, sys
sys.exit(pty.spawn(sys.argv[1:]) >> 8)' fake/cmactl/cmactl -d /dev/fake "$@" >out 2>err </dev/null
}
terminal map cam --watch --count 2 --interval=0.1
report $? "map on a terminal" out
[ "$(grep -c '^.*20..-..-.. ..:..:..' out)" = 2 ] && grep -q $'\033\[97;41mP' out
report $? "it has colours and the time" out
NO_COLOR=1 terminal map cam --watch --count 1 && grep -q '20..-..-.. ..:..:..' out && ! grep -q $'\033\[[0-9;]*m' out
report $? "without colours it still has the time" out
NO_COLOR=1 terminal map cam && ! grep -q $'\033' out
report $? "NO_COLOR is respected" out

ctl 0 watch 0.05 --count 3
[ "$(grep -c ^REGION out)" = 3 ]
report $? "watch writes three tables" out
ctl 0 watch 0.05 --count 3 --json
[ "$(wc -l <out)" = 3 ]
report $? "watch writes three objects" out
json "d['time_ms'] > 1600000000000, len(d['regions'])" "(True, 2)"
