# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# plan: the exit status is the answer; the numbers are small enough to be checked by
# hand.

ctl 0 plan 8M*7 4M,align=4M 4M --region-size 64M --unit 8M
out '^8 MiB +4 KiB +7 +7 +- +0 B$'
out '^4 MiB +4 MiB +1 +1 +- +56 MiB$'
out '^in an empty region of 64 MiB: yes, all 9 fit in this order$'
out '^least region: 64 MiB, in units of 8 MiB$'
out '^to reserve it: cma=64M .* regions=NAME=64M@cma$'
ctl 1 plan 8M*8 1 --region-size 64M --unit 8M
out '^in an empty region of 64 MiB: no, 8 of 9 fit in this order; number 9, of 4 KiB, does not$'
out '^in another order: no, none that was tried$'
out '^least region: 72 MiB, '
ctl 1 plan 1M,align=1M 3M,align=8M 1M 8M,align=8M --region-size 16M --unit 8M
out '^in another order: yes, the largest first$'
ctl 1 plan 1M,align=1M 3M,align=8M 1M 8M,align=8M --region-size 16M --unit 8M --json
json "d['plan']['fits'], d['plan']['fit'], d['plan']['order'], d['plan']['least_bytes']" \
	"(False, 3, 'the largest first', 25165824)"
json "[b['offset'] for b in d['plan']['buffers']]" "[0, 8388608, 11534336, None]"
# AMD PG252's encoder: 24 frames of 12,441,600 bytes, 2 of 32 MiB, 8 of 3,110,400.
ctl 0 plan 12441600Bx24 32Mx2 3110400Bx8 --region-size 384M --unit 4M --json
json "d['plan']['least_bytes'] >> 20" 376
ctl 0 plan 1100K*7 --region-size 8M --unit 4M
ctl 1 plan 1100K*7 --region-size 8M --unit 4M --dma-api
out '4 of 7 fit in this order'
# A bare number is bytes: that is how drivers and data sheets tell them.
ctl 0 plan 12441600x4 3110400x3 --region-size 64M --unit 4M
out '^11\.8 MiB +4 KiB +4 +4 '
out '^least region: 60 MiB, '
ctl 0 plan 12441600Bx24 32MiBX2 3110400*8 --region-size 402653184 --unit 4194304 --json
json "d['plan']['least_bytes'] >> 20, d['plan']['buffers'][0]['bytes']" "(376, 12443648)"
ctl 0 plan 1 --region-size 64M
err 'in a plan a bare number is bytes: for 1 KiB, write 1K'

# Other machines' pages and units; where it begins; where devices reach.
ctl 1 plan 4K*1025 --region-size 16M --unit 4M --page-size 16K --json
json "d['plan']['page'], d['plan']['fit'], d['plan']['buffers'][0]['bytes']" "(16384, 1024, 16384)"
ctl 0 plan 1M --region-size 32M --page-size 16K
out 'in units of 32 MiB \(usual'
ctl 0 plan 8M,below=0x61000000 8M,at=0x61800000 4M --region-size 64M --unit 8M --base 0x60000000 --json
json "[b['phys'] for b in d['plan']['buffers']]" "[$((0x60000000)), $((0x61800000)), $((0x60800000))]"
json "d['plan']['least_bytes'] >> 20" 32
ctl 1 plan 8M*3,below=0x61000000 --region-size 64M --unit 8M --base 0x60000000
out '^in an empty region of 64 MiB: no, 2 of 3 fit'
out '^least region: there is none, at this address'
# Between two boundaries of 16 MiB there is room for one of 10.
ctl 1 plan 10M*4,boundary=16M --region-size 56M --unit 8M --base 0
out 'no, 3 of 4 fit'
out '^least region: 64 MiB'
ctl 0 plan 10M*4 --region-size 56M --unit 8M --base 0
ctl 1 plan 1M --region-size 8M --unit 8M --base 4M
err 'a region begins on a multiple of its unit'
ctl 1 plan 1M,at=4097 --region-size 8M --base 0
err 'at= begins a page'
# One of these orders needs less.
ctl 0 plan 1M,align=1M 3M,align=8M 1M 8M,align=8M --region-size 64M --unit 8M
out '^least region: 24 MiB'
out '^least region in another order: 16 MiB, the largest first$'
# Where a policy counts: 1 MiB aligned to 1 MiB, then 3 MiB, and so on.
ctl 0 plan 1M --region-size 8M --policy first-fit --json
json "d['plan']['fit_by_policy']" "{'first-fit': 1, 'best-fit': 1}"
ctl 1 plan 1M --region-size 5 --json
ctl 1 plan 1M --region-size 17179869183G
err 'EFBIG: no region is so large'
ctl 1 plan 17179869183G --region-size 64M
out '^least region: there is none'

# In regions: 4 MiB and 12 KiB of cam are used, and 64 KiB after that a page is pinned.
ctl 0 plan 59M --region cam
out '^in region cam as it is now: yes, all 1 fit'
out '^in the way: 4 KiB that are pinned or cannot be moved'
ctl 2 plan 60M-
err 'plan needs SIZE'
ctl 1 plan 59M 964K --region cam
ctl 0 plan 59M 956K --region cam
FAKE_USER=1 ctl 0 plan 59M 964K --region cam
out '^in the way: not looked at; for root'
FAKE_USER=1 ctl 1 plan 59M 964K,align=64K --region cam --json
json "d['plan']['stuck'], d['plan']['order'], d['plan']['buffers'][0]['region']" "(None, '', 'cam')"
ctl 0 plan 59M 15M 32K
out '^in the 2 regions as they are now: yes, all 3 fit'
out '^15 MiB +4 KiB +1 +1 +gpu +1 MiB$'
FAKE_NO_MORE=1 ctl 0 plan 59M 15M 32K
ctl 1 plan 59M 15M 1M 32K
FAKE_OLD=1 ctl 1 plan 1M
err 'the module is older than this cmactl'

# Lists: a+b in turn, so it fits only if it does whoever's turn it is; a,b one after the other.
ctl 0 plan 1M*2 --region cam+gpu --json
json "sorted(b['region'] for b in d['plan']['buffers'])" "['cam', 'gpu']"
ctl 0 plan 15M 1M --region gpu,cam
out '^in regions gpu,cam as they are now: yes, all 2 fit'
out '^15 MiB .* gpu +'
out '^ +1 MiB .* cam +'
# First in cam it fits; if gpu has its turn, 59 MiB find no room.
ctl 1 plan 1M 59M 15M --region cam+gpu
ctl 1 plan 1M --region cam+none
err "region 'none': ENOENT"
ctl 1 plan 1M --region cam+
err "region 'cam\+': EINVAL: regions are joined by \+ or commas"
ctl 1 plan 1M --region cam+cam
# Addresses, of who is told them.
ctl 0 plan 1M,at=0x7c000000 8M,below=0x7c000000 --region cam --json
json "d['plan']['buffers'][0]['phys'], d['plan']['buffers'][1]['phys'] < 0x7c000000" "($((0x7c000000)), True)"
FAKE_USER=1 ctl 4 plan 1M,below=0x7c000000 --region cam
err 'which this user is not told'
# The policy that the region has, and another one.
mkdir -p "$FAKE_ROOT/sys/kernel/lcma/cam"
echo first-fit >"$FAKE_ROOT/sys/kernel/lcma/cam/policy"
ctl 0 plan 1M --region cam --json
json "list(d['plan']['fit_by_policy']), d['plan']['buffers'][0]['offset']" "(['first-fit', 'best-fit'], 4263936)"
ctl 0 plan 1M --region cam --policy cost --json
json "list(d['plan']['fit_by_policy'])" "['best-fit', 'first-fit']"
