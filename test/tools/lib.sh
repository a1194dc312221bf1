# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The vocabulary of the topics.

passed=0
failed=0
skipped=0

# skip DESCRIPTION REASON
skip()
{
	skipped=$((skipped + 1))
	echo "ok - $1 # SKIP $2"
}

# report STATUS DESCRIPTION [FILE...]: files are shown on failure
report()
{
	local status=$1 what=$2
	shift 2
	if [ "$status" = 0 ]; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	echo "FAIL $what"
	[ $# = 0 ] || head -n 40 "$@" | sed 's/^/     /'
}

# try DESCRIPTION COMMAND...
try()
{
	local what=$1
	shift
	"$@" >said 2>&1
	report $? "$what" said
}

# No verdict here may depend on how busy the machine is: wait for what is to come,
# and give a limit only to what would never end.
limit_s=300

# wait_until COMMAND...: up to that limit
wait_until()
{
	local began=$SECONDS
	until "$@"; do
		[ $((SECONDS - began)) -lt $limit_s ] || return 1
		sleep 0.02
	done
}

# ctl WANTED ARGUMENT...: cmactl's exit status; output in ./out and ./err; what
# is called JSON must be
ctl()
{
	local wanted=$1 status=0
	shift
	timeout $limit_s fake/cmactl/cmactl -d "${device:-/dev/fake}" "$@" \
		>out 2>err </dev/null || status=$?
	[ $status = "$wanted" ]
	report $? "cmactl $*: exit $wanted, got $status" out err
	case " $* " in
	*' --json '*)
		[ -s out ] && python3 -m json.tool --json-lines out json
		report $? "cmactl $*: valid JSON" out
		;;
	esac
}

# out PATTERN, err PATTERN: a line of the last output
out()
{
	grep -qE -e "$1" out
	report $? "output has '$1'" out err
}

err()
{
	grep -qE -e "$1" err
	report $? "error has '$1'" err
}

# json EXPRESSION WANTED: of the last output's last document, as d
json()
{
	local got
	got=$(tail -n 1 out | python3 -c "import json, sys
d = json.load(sys.stdin)
print(($1))" 2>&1)
	[ "$got" = "$2" ]
	report $? "JSON: $1 is $2, got $got" out
}

# The double's machine: regions cam and gpu, and nothing of what was before.
fake_machine()
{
	rm -rf sysfs state state2 state3 state4
	export FAKE_STATE=$out/state FAKE_ROOT=$out/sysfs FAKE_LINE=$out/line
	debug=$FAKE_ROOT/sys/kernel/debug/lcma
	mkdir -p "$debug/cam" "$debug/gpu"
	cat >"$debug/cam/info" <<-'EOF'
		name: cam
		zone: DMA
		state: live
		allocs: 7
		claim_max_us: 1234
		poisoned_pages: 5
		last_failure: -EBUSY, 1024 pages aligned to 1, page 0x7a801 is "pinned", 12 ms ago
	EOF
	sed 's/cam/gpu/; s/-EBUSY.*/none/' "$debug/cam/info" >"$debug/gpu/info"
	cat >"$debug/cam/map" <<-'EOF'
		# a line is a pageblock of 8192 KiB, a character 128 KiB
		# '#' used by a buffer   'p' pool   '~' on its way   '%' more than one of these
		# '.' free for the system   '+' the system uses some of it
		0x7a800000 ####..++ used 1024, pool 0, busy 0, shared 1024 of which the system uses 512
		0x7b000000 pppp~~%. used 0, pool 1024, busy 512, shared 512 of which the system uses 0
	EOF
	echo 'drained: the memory is back at its source' >"$debug/gpu/map"
}
