# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# alloc, free, sync, and the signals that end what is held.

ctl 0 alloc 64K -- fake/cmactl/cmactl -d /dev/fake sync start
ctl 0 alloc 64K -- fake/cmactl/cmactl -d /dev/fake sync end --offset 4K --length 8K --json
json "d['sync'], d['offset'], d['bytes']" "('end', 4096, 8192)"
ctl 1 alloc 64K -- fake/cmactl/cmactl -d /dev/fake sync start --offset 64K
err 'sync: EINVAL'
LCMA_BUFFER_FD='' ctl 1 sync start
err 'LCMA_BUFFER_FD is not set'

# shellcheck disable=SC2016	# for the command
ctl 5 alloc 8M --region cam -- sh -c 'echo "$LCMA_BUFFER_BYTES"; stat -L -c %s "/proc/self/fd/$LCMA_BUFFER_FD"; exit 5'
[ "$(paste -sd' ' out)" = '8388608 8388608' ]
report $? "a command has the buffer" out
ctl 127 alloc 8M -- /no/such/command
err '/no/such/command: No such file'
ctl 126 alloc 8M -- /dev/null
ctl 0 alloc 10 --hold 0.05 --label 'a"label"' --json
json "d['buffer']['bytes'], d['buffer']['label'], d['buffer']['fd'] > 2, d['buffer']['region']" \
	"(12288, 'a\"label\"', True, 'cam')"
ctl 0 alloc 10 --hold 0.05
out '^buffer [0-9]+ of region cam: 12 KiB at 0x[0-9a-f]+, took 1\.2 ms; held for 50\.0 ms by process [0-9]+$'
ctl 1 alloc 65M --json
json "d['error']['errno'], d['error']['what']" "('EFBIG', 'alloc of 65 MiB')"
FAKE_WHY=1 FAKE_ALLOC=16 ctl 1 alloc 4M --region cam
err "alloc of 4 MiB in region 'cam': EBUSY: every place held a page"
err 'region cam: -EBUSY, 1024 pages aligned to 1: page 0x7a801'
[ "$(wc -l <err)" = 2 ]
report $? "the reason of this request, and of no other" err
FAKE_WHY=1 FAKE_ALLOC=16 ctl 1 alloc 4M
err 'region cam: -EBUSY'
FAKE_WHY=1 FAKE_ALLOC=16 ctl 1 alloc 4M --text
err 'region cam: -EBUSY'
FAKE_WHY=1 FAKE_ALLOC=16 ctl 1 alloc 4M --quiet
[ "$(wc -l <err)" = 1 ]
report $? "--quiet: only the sentence" err
FAKE_ALLOC=122 ctl 1 alloc 4M
err 'EDQUOT: over the quota'

# ends SIGNAL: a held buffer, and a watch, end with 0
ends()
{
	local pid status=0 what
	for what in 'alloc 1M' 'watch'; do
		rm -f out
		# shellcheck disable=SC2086
		env --default-signal=INT,TERM,HUP fake/cmactl/cmactl -d /dev/fake $what >out 2>&1 </dev/null &
		pid=$!
		wait_until test -s out
		kill -"$1" $pid
		wait $pid || status=1
	done
	return $status
}
for signal in INT TERM HUP; do
	ends $signal
	report $? "SIG$signal ends what is held" out
done
# A background job of a script ignores SIGINT; so does cmactl then.
# process_is PID PATTERN: a line of its /proc/PID/status; for wait_until
process_is()
{
	grep -qE "$2" "/proc/$1/status" 2>/dev/null
}

ignores()
{
	local pid
	rm -f out
	env --ignore-signal=INT fake/cmactl/cmactl -d /dev/fake alloc 1M --hold 1000 >out 2>&1 </dev/null &
	pid=$!
	# Bit 1 of the signals that it ignores; and it goes on to wait.
	wait_until test -s out && process_is $pid '^SigIgn:.*[2367abef]$' && kill -INT $pid &&
		wait_until process_is $pid '^State:.S' && process_is $pid '^ShdPnd:.*0{16}$'
	kill $pid && wait $pid
}
ignores
report $? "an ignored SIGINT stays ignored" out

ctl 0 alloc 2M --text --region gpu --align 1M --label left --timeout 200 --nowait
[ "$(cat line)" = '2048K align=1024K region=gpu label=left timeout=200 nowait' ]
report $? "--text writes the line" line
out '^buffer [0-9]+ of region gpu: 2 MiB at .*; stays until'
FAKE_STATE=$out/state3 ctl 0 alloc 1M --text --below 1G --at 0x78000000 --boundary 16M
[ "$(cat line)" = '1024K below=0x40000000 at=0x78000000 boundary=16384K' ]
report $? "--text says where" line
FAKE_STATE=$out/state3 ctl 0 alloc 1M --at 0x78000000 --hold 0.01 --json
json "d['buffer']['phys']" "$((0x78000000))"
ctl 0 alloc 7 --text --json
json "d['buffer']['bytes'], d['buffer']['owner'], 'fd' in d['buffer']" "(7168, 'text', False)"
# Older buffers may have our pid: in a new state the first ones do.
FAKE_STATE=$out/state2 ctl 0 alloc 8 --text --json
json "d['buffer']['id'], d['buffer']['bytes']" "(4, 8192)"
FAKE_ALLOC=28 ctl 1 alloc 7 --text
err 'ENOSPC: no unused run'
ctl 0 free
out '^freed 4 MiB at 0x7a900000 in region cam, held for 5\.2 s, label camera$'
ctl 0 free --all --json
json "len(d['freed']), d['freed'][0]['slot'], d['freed'][1]['label'], d['freed'][0]['label']" "(3, None, 'left', '')"
ctl 1 free
err 'holds no buffer'
# Who may not see addresses has null there, and a sentence that is a sentence.
FAKE_USER=1 FAKE_STATE=$out/state3 ctl 0 free --json
json "d['freed'][0]['phys'], d['freed'][0]['bytes'], d['freed'][0]['label']" "(None, 4194304, 'camera')"
FAKE_USER=1 FAKE_STATE=$out/state3 ctl 0 free
out '^freed 12 KiB at - in region cam'
# Who may not open the text device is told so, in JSON as well.
FAKE_OPEN=13 ctl 4 free --json
json "d['error']['errno'], 'text device is root' in d['error']['message']" "('EACCES', True)"
FAKE_OPEN=13 ctl 4 alloc 4K --text --json
json "d['error']['errno']" EACCES
ctl 0 free --all
ctl 1 free --json
json "d['freed']" "[]"
