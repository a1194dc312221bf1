# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Proves cmactl and liblcma against the real module: every command, what ends
# a hold, what the exit status tells, what an ordinary user may see. Cannot
# prove that all of the JSON is valid: test/tools does, with a double.
#
# suite@6.1-armhf: trust
# matrix: no
# cmdline: cma=96M
# timeout: 90
# smp@*-debug: 1

. /test/lib/tap.sh

out=/tmp/out
err=/tmp/err

# ctl WANTED ARGUMENT...: runs cmactl, compares its exit status
ctl()
{
	tap_wanted=$1
	shift
	cmactl "$@" >$out 2>$err </dev/null
	tap_status=$?
	if [ $tap_status = "$tap_wanted" ]; then
		pass "cmactl $*: exit $tap_status"
	else
		fail "cmactl $*: exit $tap_wanted" "got $tap_status: $(cat $out $err)"
	fi
}

# has PATTERN DESCRIPTION, in the output; complains, in what went to stderr
says()
{
	matches "$(cat $out)" "$1" "$2"
}

complains()
{
	matches "$(cat $err)" "$1" "$2"
}

# wait_line FILE: until a background cmactl has said something
wait_line()
{
	tap_tries=0
	while [ ! -s "$1" ] && [ $tap_tries -lt 100 ]; do
		usleep 50000
		tap_tries=$((tap_tries + 1))
	done
}


# --- without the module ----------------------------------------------------------

ctl 3 regions
complains 'modprobe lcma' "no device: says what to do"
ctl 3 alloc 1M --text
ctl 3 --json list
says '"errno": "ENODEV"' "no device: JSON too"
ctl 0 --version
ctl 2 alloc
ctl 2 regoins

# --- looking ------------------------------------------------------------------------

lcma_load "cam=32M@cma;gpu=16M@cma,keep=all" || bail_out "lcma does not load: $(dmesg | tail -n 3)"

ctl 0 version
says '^module  [0-9]+\.[0-9]+\.[0-9]+, ABI [0-9]+, 2 regions' "the module's version"
ctl 0 version --json
says '"regions": 2' "and as JSON"
ctl 0 regions
says '^cam +32 MiB +0 B ' "cam in the table"
says '^gpu .*cma .*private' "gpu is private"
ctl 0 regions --json
says '"name": "cam", "origin": "cma[^"]*", "bytes": 33554432, "used": 0' "cam as JSON"
ctl 0 regions --region gpu
is "$(wc -l <$out)" 2 "only the region that was asked for"
ctl 1 info nowhere
complains 'ENOENT' "no such region"
ctl 0 info cam
says '^  size +32 MiB +33554432 bytes' "info of cam"
says '^  address +0x' "root sees the address"
says '^  zone ' "and debugfs' part"

# A number has one name: in sysfs, in debugfs, and once in JSON.
names=$(cd $sys/cam && grep -lE '^[0-9]+$' -- * 2>/dev/null | sort)
only_debug='^(pageblock_pages|system_pages|suspect_pages|metadata_bytes|kernel_.*)$'
is "$(sed -n 's/^\([a-z_]*\): [0-9]*$/\1/p' $debug/cam/info | grep -vE "$only_debug" | sort)" \
	"$names" "sysfs and debugfs have the same names"
compare "$(echo "$names" | wc -l)" -ge 30 "$(echo "$names" | wc -l) of them"
ctl 0 info --json cam
odd=
for name in $names; do
	key=$name
	[ "$name" != nr_pages ] || key=bytes
	nr=$(grep -oE "\"($key|${key%_pages})\":" $out | wc -l)
	[ "$nr" = 1 ] || odd="$odd $name:$nr"
done
is "$odd" "" "JSON has each of them once"

# --- a buffer held by cmactl -----------------------------------------------------------

cmactl alloc 4M --region cam --label camera >/tmp/held 2>&1 &
holder=$!
wait_line /tmp/held
matches "$(cat /tmp/held)" "^buffer [0-9]+ of region cam: 4 MiB at 0x[0-9a-f]+, took .*; held until process $holder ends" \
	"alloc says what it got"
is "$(lcma_info cam used_pages)" 1024 "4 MiB are used"
ctl 0 list
says "^cam +[0-9]+ +4 MiB +0x[0-9a-f]+ .* $holder +file +cmactl +camera" "list shows it"
ctl 0 list --json --region cam
says "\"pid\": $holder, \"gone\": false, \"uid\": 0, \"comm\": \"cmactl\", \"owner\": \"file\", \"label\": \"camera\"" "and as JSON"
ctl 0 list --region gpu
is "$(wc -l <$out)" 1 "not in the other region"
if rmmod lcma 2>/dev/null; then
	bail_out "lcma was unloaded under a buffer"
else
	pass "lcma cannot be unloaded"
fi
kill $holder
wait $holder
is $? 0 "SIGTERM ends the hold, exit 0"
is "$(lcma_info cam used_pages)" 0 "and the memory is back"

cmactl alloc 1M >/tmp/held 2>&1 &
holder=$!
wait_line /tmp/held
kill -9 $holder
wait $holder 2>/dev/null
is "$(lcma_buffers)" 0 "kill -9 leaves nothing"

ctl 0 alloc 1M --region cam --hold 0.2
says 'held for 200.0 ms by process' "--hold SECONDS"
is "$(lcma_buffers)" 0 "and then it is gone"
ctl 0 --json alloc 64K --region gpu --align 1M --hold 0.1
says '"region": "gpu", "id": [0-9]+, "bytes": 65536, "align": 1048576, "phys": [0-9]+' "alloc as JSON"

# --- a buffer handed to a command ---------------------------------------------------------

# shellcheck disable=SC2016	# for the command
ctl 7 alloc 2M --region cam --label mine -- sh -c '
	ls -l /proc/self/fd/$LCMA_BUFFER_FD
	echo "bytes $LCMA_BUFFER_BYTES"
	cmactl list
	exit 7'
says 'dmabuf' "the command has a dma-buf"
says '^bytes 2097152$' "and knows its size"
says '^cam .* mine$' "which is listed while it runs"
is "$(lcma_buffers)" 0 "and gone with it"
ctl 127 alloc 1M -- /no/such/command
is "$(lcma_buffers)" 0 "no command, no buffer"

# --- the text device ---------------------------------------------------------------------

ctl 0 alloc 4096 --text --region cam --align 1M --label left
says 'buffer [0-9]+ of region cam: 4 MiB at 0x[0-9a-f]+00000, .*stays until' "a bare number is KiB"
ctl 0 alloc 2M --text --region gpu --json
says '"region": "gpu", .*"owner": "text"' "text buffer as JSON"
ctl 0 list
says '^cam .* text +cmactl +left$' "both outlive cmactl"
says '^gpu .* text +cmactl +-$' "both outlive cmactl"
ctl 0 free
says '^freed 4 MiB at 0x[0-9a-f]+ in region cam, held for .*, label left$' "free: the oldest"
expect_write ok 0 "a slot, the old way"
ctl 0 free --all --json
says '"freed": \[\{"slot": 0, "bytes": 1048576, .*\{"slot": null, "bytes": 2097152' "free --all: the slot first"
ctl 1 free
complains 'holds no buffer' "nothing left to free"
ctl 0 free --all
is "$(lcma_buffers)" 0 "no buffer is left"

# --- failures ------------------------------------------------------------------------------

ctl 1 alloc 64M --region cam --text
complains 'EFBIG: larger than the region' "EFBIG"
ctl 1 alloc 64M --region cam
complains 'EFBIG: larger than the region' "EFBIG"
complains 'region cam: .*EFBIG, 16384 pages' "and what lcma has noted"
ctl 1 alloc 1M --region cam --nowait
complains 'EAGAIN: nowait' "EAGAIN"
ctl 0 alloc 1M --region gpu --nowait --hold 0.1
ctl 1 alloc 1M --region nowhere --json
says '"errno": "ENOENT"' "failures are JSON too"
ctl 2 alloc 1M --text --label 'two words'
ctl 2 alloc 1M --label 'two words'
complains 'no blanks' "a label is the same everywhere"
ctl 1 --device /dev/null regions
complains 'ENOTTY' "another device"
ctl 3 --device /dev/nothing regions

# --- the picture, and watching ----------------------------------------------------------------

ctl 0 map cam
says '^0x[0-9a-f]+ [.+hiaPXR]+ ' "the map"
says '^the longest unused run is .* MiB, the longest with nothing in the way ' "and what can be had"
ctl 0 map --json
says '"region": "cam", "block_bytes": [0-9]+, "cell_bytes": [0-9]+, "largest": [0-9]+, "largest_movable": [0-9]+, "blocks": \[\{"phys": [0-9]+, "offset": 0, "map": "[.+hiaPXR]+", "shared_pages": [1-9]' \
	"the map as JSON"
says '"region": "gpu".*"map": "p+", "shared_pages": 0, .*"pool_pages": [1-9]' "of all regions"
ctl 1 map nowhere
ctl 0 watch 0.1 --count 2
is "$(grep -c '^cam ' $out)" 2 "watch: twice"
ctl 0 watch 0.1 --count 2 --json
is "$(grep -c '^{"time_ms": [0-9]*, "regions": \[.*\]}$' $out)" 2 "watch: an object a line"

# --- how long it takes ----------------------------------------------------------------------------

ctl 0 bench gpu --count 3 --max 64K
is "$(grep -c '^gpu .* 3 .* 0  *-$' $out)" 3 "bench: three sizes, none failed"
ctl 0 bench --region gpu --count 2 --max 4K --nowait --json
says '^[{]"case": "board-nowait", "region": "gpu", "keep": "[0-9]+-[0-9]+", "mode": "board", "size_pages": 1, "bytes": 4096, "n": 2, "lcma_ns": [1-9]' \
	"bench as JSON"

# --- an ordinary user ----------------------------------------------------------------------------

chmod 666 /dev/lcma
ctl 0 alloc 1M --text --region cam --label roots
as_1000 sh -c "cmactl list >$out.u; cmactl alloc 1M --region cam --label users --hold 0.1 >>$out.u
	cmactl info cam >$out.i" 2>/dev/null
is "$(grep -c roots $out.u)" 0 "a user does not see root's buffers"
matches "$(cat $out.u)" '1 MiB at -, took' "not even its own addresses"
matches "$(cat $out.i)" 'root can see more' "info without debugfs"
matches "$(cat $out.i)" '^  last failure .*(EAGAIN|EFBIG)' "but with the last failure"
as_1000 cmactl list --all >$out 2>$err
is $? 4 "a user may not list --all: exit 4"
complains 'EPERM: only the administrator' "and why"
as_1000 cmactl free --all --json >$out 2>$err
is $? 4 "nor free text buffers: exit 4"
says '^[{]"error": [{]"errno": "EACCES", "what": "/dev/cma_test", .*text device is root' "and why, as JSON"
as_1000 cmactl alloc 4K --text >$out 2>$err
is $? 4 "nor make one: exit 4"
as_1000 cmactl map >$out 2>$err
is $? 0 "a user sees the map"
says '^\+00000000 ' "without addresses"
says 'root sees what is in the way' "and without what is on the system's pages"
chmod 600 /dev/lcma
as_1000 cmactl regions >$out 2>$err
is $? 4 "nor open a device that is not theirs: exit 4"
complains 'EACCES: not allowed to open the device' "and why"
ctl 0 free --all

# --- unloading while cmactl watches ----------------------------------------------------------------

cmactl watch 0.2 >/tmp/watched 2>&1 &
watcher=$!
wait_line /tmp/watched
kill -TERM $watcher
wait $watcher
is $? 0 "a signal ends watch, exit 0"
cmactl watch 0.5 >/tmp/watched 2>&1 &
watcher=$!
wait_line /tmp/watched
# While it reads, for a few milliseconds each time, the module is in use.
unload_soon()
{
	for _ in $(seq 400); do
		lcma_unload >/dev/null && return
		usleep 70000
	done
	kill $watcher
	return 1
}
check "lcma is unloaded while cmactl watches" unload_soon
wait $watcher
is $? 3 "and watch ends with 3"

finish
