# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# version, regions, info, add, drain, list, failures.

ctl 0 version
out '^module  0\.1\.0, ABI [0-9]+, 2 regions, at /dev/fake$'
out '^quota   none for an open file$'
out '^quota   16 MiB for a user$'
ctl 0 version --json
json "d['module'], d['quota_user']" "('0.1.0', 16777216)"

ctl 0 regions
out '^REGION +SIZE +USED '
out '^cam +64 MiB +4\.0 MiB +0 B +59\.9 MiB +0 B +12 MiB  ##\.\.\.\.\.\.\.\.\.\.\.\.\.\.\.\.\.\.  cma +shareable$'
out '^gpu +16 MiB .*  ##pppppppppppppppppp  reserve_mem:gpu  private$'
ctl 0 regions --json
json "[r['name'] for r in d['regions']]" "['cam', 'gpu']"
json "d['regions'][0]['bytes'], d['regions'][0]['phys'], d['regions'][0]['keep_high']" "(67108864, 2055208960, 0)"
json "d['regions'][1]['keep_low'] == d['regions'][1]['bytes'], d['regions'][1]['private']" "(True, True)"
FAKE_USER=1 ctl 0 regions --json --region gpu
json "len(d['regions']), d['regions'][0]['phys']" "(1, None)"
ctl 1 regions --region none
err "region 'none': ENOENT: there is no such region"

ctl 0 info
out '^  last failure +-EBUSY, 1024 pages aligned'
out '^  claim_max_us +1234$'
out '^  keep +all$'
ctl 0 info --json cam
json "d['regions'][0]['claim_max_us'], d['regions'][0]['claimed'], 'claim_max_us' in d['regions'][0]['debug']" "(1234, 4206592, False)"
json "d['regions'][0]['debug']['poisoned_pages']" 5
json "'\"pinned\"' in d['regions'][0]['last_failure']" True
FAKE_DEBUG=13 FAKE_USER=1 ctl 0 info cam
out 'root can see more'
out '^  address +-$'
FAKE_DEBUG=13 ctl 0 info --json
json "[(r['debug'], r['last_failure']) for r in d['regions']]" "[(None, None), (None, None)]"
mkdir -p "$FAKE_ROOT/sys/kernel/lcma/cam"
echo '-ENOSPC, 4 pages, 5000 ms ago' >"$FAKE_ROOT/sys/kernel/lcma/cam/last_failure"

ctl 1 add new=1M
err 'add: EOPNOTSUPP: this module cannot add regions'
: >"$FAKE_ROOT/sys/kernel/lcma/add"
: >"$FAKE_ROOT/sys/kernel/lcma/cam/drain"
ctl 0 add new=1M@cma,keep=0
out '^region new: live$'
[ "$(cat "$FAKE_ROOT/sys/kernel/lcma/add")" = new=1M@cma,keep=0 ]
report $? "add writes the line" out
ctl 0 add cam --json
json "d['region'], d['state']" "('cam', 'live')"
ctl 0 drain cam
out '^region cam: drained$'
[ "$(cat "$FAKE_ROOT/sys/kernel/lcma/cam/drain")" = 1 ]
report $? "drain writes 1" out
ctl 1 drain none
err "drain of region 'none': ENOENT"
ctl 1 drain ../lcma/cam
err 'ENOENT'
rm "$FAKE_ROOT/sys/kernel/lcma/add"
FAKE_DEBUG=13 ctl 0 info cam
out '^  last failure +-ENOSPC, 4 pages, 5000 ms ago$'
FAKE_DEBUG=13 FAKE_ALLOC=28 ctl 1 alloc 1M
[ "$(wc -l <err)" = 1 ]
report $? "an old failure is not this one's" err

ctl 0 list
out '^cam +1 +4 MiB +0x7a900000 +1 m 29 s +1\.2 ms +[0-9]+ +[0-9]+ +text +sh +camera$'
out '^cam +2 +12 KiB .* text +\?\[31m"\\\?\?\?\? +-$'
out '^gpu +3 +1 MiB .* - +kernel +kworker/0:1 +scanout$'
ctl 0 list --json --all
json "len(d['buffers']), [ord(c) for c in d['buffers'][1]['comm'][-3:]]" "(3, [10, 65533, 252])"
json "d['buffers'][2]['pid'], d['buffers'][2]['owner'], d['buffers'][2]['label']" "(None, 'kernel', 'scanout')"
FAKE_NO_MORE=1 ctl 0 list --json
json "len(d['buffers'])" 3
FAKE_USER=1 ctl 4 list --all --json
err 'list: EPERM: only the administrator'
json "d['error']['errno']" EPERM

ctl 0 list --holders
out '^REGION .* HELD BY$'
ctl 0 list --holders --json
json "[(b['holders'], b['gone']) for b in d['buffers']]" "[('', False), ('', False), ('', False)]"

FAKE_WHY=1 ctl 0 failures --all
out '^cam 1: .* ago, 4 MiB, by fake\[[0-9]+\], uid 0, for frame, tried for 1\.2 ms$'
out '^  -EBUSY, 1024 pages aligned to 1: page 0x7a801 is "pinned"$'
out '^cam 2: .*, by fake \(gone\), uid 0'
FAKE_WHY=1 ctl 0 failures cam --json
json "[(f['seq'], f['errno'], f['owner'], f['gone'], f['longest_phys'], f['obstacle']) for f in d['failures']]" \
	"[(1, 'EBUSY', 'file', False, None, 'pin'), (2, 'EBUSY', 'kernel', True, 2056257536, 'pin')]"
ctl 0 failures
[ ! -s out ]
report $? "no failure, nothing to tell" out
FAKE_USER=1 ctl 4 failures --all --json
err 'failures: EPERM: only the administrator'
