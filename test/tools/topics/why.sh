# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# why: each reason is told apart, and each has something to do.

ctl 0 why
out '^No allocation of yours has failed that lcma remembers\.$'
ctl 0 why --all --json
json "d['why']" None
FAKE_WHY=1 ctl 0 why --all
out '^1 us ago, fake \(pid 1, gone, uid 0\) asked region cam for 4 MiB, label frame and got EBUSY\.$'
out '^do:   end what pins it'
out '; this one is page frame 0x7a801$'
out '^lcma: -ENOSPC, of somebody else$'
# tells PATTERN VARIABLE=...: of one failure
tells()
{
	local pattern=$1
	shift
	for word in "$@"; do export "${word?}"; done
	export FAKE_WHY=1
	ctl 0 why cam
	out "^why:  $pattern"
	out '^do:   '
	ctl 0 why cam --json
	json "len(d['why']['do']) > 0, d['why']['failure']['seq']" '(True, 1)'
	unset FAKE_WHY
	for word in "$@"; do unset "${word%%=*}"; done
}
tells 'alignment: a run of 8 MiB was unused, but none of 4 MiB began' FAKE_ERRNO=28 FAKE_LONGEST=8388608
tells 'fragmentation: 59\.9 MiB of the region are unused now, but the longest run was 2 MiB, and 4 MiB were wanted' FAKE_ERRNO=28
FAKE_BOUND=2 tells 'the limits of the device: a run of 8 MiB was unused, but none of 4 MiB where' FAKE_ERRNO=28 FAKE_LONGEST=8388608
tells 'the region is full: the longest unused run was 2 MiB, and 63 MiB' FAKE_ERRNO=28 FAKE_WANT=66060288
tells 'there was room, but in each place a page was pinned' FAKE_ERRNO=16
tells 'there was room, but in each place a page was locked' FAKE_ERRNO=16 FAKE_OBSTACLE=1
tells 'there was room, but in each place a page cannot be moved' FAKE_ERRNO=16 FAKE_OBSTACLE=3
tells 'there was room, but in each place the kernel has reserved' FAKE_ERRNO=16 FAKE_OBSTACLE=4
tells 'there was room, but in each place something held' FAKE_ERRNO=16 FAKE_OBSTACLE=0
tells 'its deadline passed after 1\.2 ms; a page was pinned' FAKE_ERRNO=110
tells 'its deadline passed after 1\.2 ms; the pages of the region had to be emptied' FAKE_ERRNO=110 FAKE_OBSTACLE=0
tells 'the caller was killed after 1\.2 ms; ' FAKE_ERRNO=4
tells 'the caller must not wait .* the pool had no run of 4 MiB; 0 B are in it now' FAKE_ERRNO=11
tells '4 MiB are more than the region has: 64 MiB' FAKE_ERRNO=27
tells '.* the system has no memory to move them to' FAKE_ERRNO=12
tells 'the system has no memory for lcma' FAKE_ERRNO=105
tells 'the quota of this open file' FAKE_ERRNO=122
tells 'the region is drained' FAKE_ERRNO=2
FAKE_USER=1 ctl 4 why --all

# What was slow, and why.
ctl 0 why --slow
out '^No allocation of yours has been slow that lcma remembers\.$'
out 'slow_ms; with 0, nothing does'
FAKE_WHY=1 FAKE_ERRNO=1 ctl 0 why cam --slow
out '^[0-9.]+ [a-z]+ ago, fake .* asked region cam for 4 MiB, label frame and got it after 1\.2 ms\.$'
out '^why:  it succeeded; a page was pinned, and another place had to be tried\.$'
out 'see where such pages are: cmactl map cam'
out 'cmactl prepare SIZE'
FAKE_WHY=1 FAKE_ERRNO=1 FAKE_OBSTACLE=0 ctl 0 why cam --slow --json
json "d['why']['failure']['errno'], 'emptied first' in d['why']['cause'], len(d['why']['do'])" "(None, True, 3)"
FAKE_WHY=1 FAKE_ERRNO=1 FAKE_OBSTACLE=1 ctl 0 why cam --slow
out '^why:  it succeeded; a page was locked or under I/O'
