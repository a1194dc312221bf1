# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# docs - every command in the pages for users is there, and does what the page says: it
# ends with 0, or with the status in the page's source. commands.awk says which are
# commands. And what docs/troubleshooting.md claims of the system: a cgroup does not bound
# buffers; under lockdown the kernel takes no unsigned module, and cmactl still answers.
# Not here: commands that the pages mark as not to be run; whether the answer is right,
# which is for the other jobs.
#
# suite@6.12-armhf: trust
# matrix: no
# cmdline: cma=96M
# cmdline@*-debug: cma=96M@0-0x80000000
# timeout: 120
# data: test/guest/lib/commands.awk docs/troubleshooting.md docs/operation.md docs/shell.md docs/programs.md README.md

. /test/lib/tap.sh
. /test/lib/hands.sh

# What a machine of the reader's has.
mkdir -p "/lib/modules/$(uname -r)"
cp /lcma.ko "/lib/modules/$(uname -r)/"
echo "lcma.ko:" >"/lib/modules/$(uname -r)/modules.dep"
[ -d /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
printf '#!/bin/sh\necho "buffer in descriptor $LCMA_BUFFER_FD"\n' >/tmp/my-program
chmod 755 /tmp/my-program
cd /tmp || bail_out "no /tmp"

check "load" lcma_load "default=16M@cma,heap=reserved;cam=32M@cma;gpu=16M@cma,keep=all"
base=$(cat $sys/cam/base)
expect_write EFBIG "64M region=cam" "something to ask why for"
cmactl alloc 1M --region gpu --label held --hold 300 >/tmp/held 2>&1 &
holder=$!
is_held()
{
	[ -s /tmp/held ]
}
wait_for 20000 is_held
id=$(field "$(tail -n 1 $debug/gpu/buffers)" id)

# concrete COMMAND: with this guest's names in place of the page's
concrete()
{
	printf '%s\n' "$1" | sed -e "s,REGION/ID,gpu/$id,; s,cam/3,gpu/$id,; s,PFN,$((base >> 12))," \
		-e "s,0x78000000,$base,; s,below=1G,below=2G,; s,below 1G,below 2G," \
		-e "s,FILE,/tmp/metrics,; s,/NAME,/cam,; s,echo NAME,echo cam,; s, NAME, cam,"
}

awk -f /test/data/commands.awk /test/data/troubleshooting.md /test/data/operation.md \
	/test/data/shell.md /test/data/programs.md /test/data/README.md >/tmp/commands
compare "$(wc -l </tmp/commands)" -gt 90 "the pages have commands"
nr_left=0
last=
while IFS= read -r line; do
	place=${line%% *}
	wanted=${line#* }
	command=${wanted#* }
	wanted=${wanted%% *}
	if [ "$wanted" = - ] || [ "$command" = "cmactl sync" ]; then
		nr_left=$((nr_left + 1))
		continue
	fi
	case $last in
	*"|$command|"*) continue ;;
	esac
	last="$last|$command|"
	case $command in
	*"cmactl alloc"*--hold* | *"cmactl alloc"*--quiet* | *"cmactl alloc"*--below* | *"cmactl watch"* | *"cmactl stress"*)
		# These go on until they are ended.
		timeout 1 sh -c "$(concrete "$command")" >/tmp/said 2>&1 </dev/null
		status=$?
		[ $status != 143 ] && [ $status != 124 ] || status=0
		;;
	*)
		sh -c "$(concrete "$command")" >/tmp/said 2>&1 </dev/null
		status=$?
		;;
	esac
	# Of processes that end meanwhile, grep complains.
	case $command in
	*/sys/class/iommu*) [ -e /sys/class/iommu ] || status=$wanted ;;	# built without
	"grep -l "*) [ $status != 2 ] || ! grep -q '^/proc' /tmp/said || status=0 ;;
	esac
	if [ $status = "$wanted" ]; then
		pass "$place: $command"
	else
		fail "$place: $command" "status $status, the page says $wanted: $(tail -n 3 /tmp/said)"
	fi
	case $command in
	*/dev/cma_test*) lcma_free_all ;;
	esac
done </tmp/commands
diag "$nr_left are not to be run"
matches "$(cat /tmp/metrics)" '^lcma_region' "the file of metrics has metrics"
is "$(cat /sys/module/lcma/parameters/slow_ms)" 100 "slow_ms is set"
is "$(cat $sys/cam2/state)" live "a region was added"

# A cgroup: 8 MiB of memory, and 16 MiB of a buffer.
mkdir /tmp/cgroup
if mount -t cgroup2 none /tmp/cgroup && echo +memory >/tmp/cgroup/cgroup.subtree_control; then
	mkdir /tmp/cgroup/small
	echo 8M >/tmp/cgroup/small/memory.max
	# shellcheck disable=SC2016	# for the shell in the cgroup
	charged=$(sh -c 'echo $$ >/tmp/cgroup/small/cgroup.procs
		cmactl alloc 16M --region cam -- cat /tmp/cgroup/small/memory.current')
	compare "${charged:-99999999}" -lt $((8 << 20)) "16 MiB of a buffer are not charged to a cgroup"
	sleep 0.1
	rmdir /tmp/cgroup/small
	umount /tmp/cgroup
else
	skip "cgroups" "this kernel has no memory cgroups"
fi

# Lockdown, as Secure Boot brings it about.
if mount -t securityfs none /sys/kernel/security 2>/dev/null &&
   echo integrity 2>/dev/null >/sys/kernel/security/lockdown; then
	matches "$(cat /sys/kernel/security/lockdown)" '\[integrity\]' "lockdown is on"
	for command in "map cam" "list --all" "info cam" "regions" "why --all" "failures --all"; do
		# shellcheck disable=SC2086	# words
		check "cmactl $command answers" cmactl $command
	done
	check "a file of debugfs that can only be read is open" cat $debug/cam/map
	log_mark
	check "one that can be written is not" eval "! cat /sys/kernel/debug/lcma_faults"
	matches "$(log_since)" 'Lockdown: cat: debugfs access is restricted' "the log says so"
	log_mark
	check "the kernel takes no unsigned module" eval "! insmod /test/kmod/lcma_testkit.ko"
	matches "$(log_since)" 'Lockdown: .*unsigned module loading is restricted' "and says so"
else
	skip "lockdown" "this kernel has none"
fi

kill $holder
wait $holder
check "unload" lcma_unload
finish
