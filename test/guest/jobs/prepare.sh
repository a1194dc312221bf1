# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# prepare - memory that is asked for ahead of time is there when it is needed: by
# ioctl (every error, use, expiry, a closed file, a killed process, quotas) and by lines;
# over a region full of movable pages; not in time; with a pinned page in the way;
# when memory is short; a drain and an unload end it.
# Cannot be shown here: how long an allocation takes (bench_prepare); what it saves on
# hardware; caches.
#
# suite@6.1-armhf: trust
# cmdline: cma=96M
# mem: 512M
# timeout: 240

# shellcheck source=test/guest/lib/tap.sh
. /test/lib/tap.sh
# shellcheck source=test/guest/lib/hands.sh
. /test/lib/hands.sh
# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh

prepared_is()
{
	read -r prepared <$sys/main/prepared_pages
	[ "$prepared" = "$1" ]
}

# cpu_ms: CPU time of the whole system since boot, in steps of ten
cpu_ms()
{
	awk '/^cpu / { print ($2 + $3 + $4 + $7 + $8) * 10 }' /proc/stat
}

testkit_load
lcma_load "main=64M@cma" || bail_out "no region"
run_program lcma_prepare calls

# --- lines ------------------------------------------------------------------------

for line in "prepare" "prepare x" "prepare 1M nowait" "prepare 1M timeout=5" \
	"prepare 1M within=0" "prepare 1M within=10001" "prepare 1M for=60001" \
	"prepare 1M for=" "prepare 1M wait wait" "prepare 1M align=3" "1M within=5" "1M wait"; do
	expect_write EINVAL "$line"
done
expect_write EFBIG "prepare 65M region=main"
expect_write ENOENT "prepare 1M region=none"
expect_write ok "prepare 4M within=5000 for=30000 region=main align=1M"
soon "a line prepares" prepared_is 1024
expect_write ok "4M align=1M region=main" "an allocation uses it"
check "nothing is held then" prepared_is 0
lcma_free_all
expect_idle main "used by lines"
expect_write ok "prepare 4M wait for=60000" "a line that waits"
check "it is held when the line returns" prepared_is 1024
expect_write ok "prepare 0" "it is not needed"
check "it is not held" prepared_is 0
expect_idle main "lines"

# --- movable pages, time ----------------------------------------------------------

# moved_ms LINE: programs fill the region; sets took to the CPU time that the line took
moved_ms()
{
	check "programs fill the memory" memhold hold anon free=60000
	compare "$(lcma_info main system_pages)" -gt 8192 "they have most of the region"
	began=$(cpu_ms)
	expect_write ok "$1"
	took=$(($(cpu_ms) - began))
	is "$(memhold ask anon verify)" ok "the programs' memory is intact"
}

over()
{
	memhold ask anon end >/dev/null
	wait_for 20000 is_settled main
	expect_idle main "$1"
}

moved_ms "32M region=main"
moving=$took
lcma_free_all
over "moved"
moved_ms "prepare 32M wait within=10000 for=60000"
diag "CPU time, all of the system: to allocate 32 MiB $moving ms, to prepare them $took ms"
expect_write ok "prepare 0"
read -r in_time bad longest <<-end
	$(lcma_prepare hits 20 16 5000000)
end
diag "of 20 allocations of 16 MiB $in_time took 5 ms at most; the longest $longest ns"
is "$bad" 0 "20 times prepared, 20 times allocated"
compare "$in_time" -ge $((${lcma_scale:-1} > 1 ? 0 : 17)) "almost all took 5 ms at most ($in_time of 20)"
expect_write "ok|ENOMEM|ETIMEDOUT|EBUSY" "prepare 48M within=10000 wait" "when memory is short"
expect_write ok "prepare 0"
# The kernel may find that memory is short enough to kill the program.
if memhold ask anon verify 2>&1 | grep -q 'not there'; then
	skip "the programs' memory is intact, still" "the OOM killer took it"
else
	is "$(memhold ask anon verify)" ok "the programs' memory is intact, still"
fi
over "pressure"
check "programs fill the memory" memhold hold anon free=60000
expect_write ETIMEDOUT "prepare 60M within=1 wait label=late" "not in time"
matches "$(cat $debug/main/failures)" "late" "the list of failures has it"
over "not in time"

# --- cancelled on its way ---------------------------------------------------------

claims_run()
{
	read -r running <$sys/main/running_claims
	[ "$running" -gt 0 ]
}

# Where units are small, a call may be over before it is told.
is_told_to_stop()
{
	[ "$(lcma_info main claims_late)" -gt "$late" ] ||
		{ [ "$(uname -m)" != armv7l ] && ! claims_run; }
}

check "programs fill the memory" memhold hold anon free=90000
late=$(lcma_info main claims_late)
failed=$(lcma_info main failures)
expect_write ok "prepare 48M within=10000"
wait_for 5000 claims_run
expect_write ok "prepare 0" "it is not needed"
soon "the kernel's call is told to stop" is_told_to_stop
is "$(lcma_info main failures)" "$failed" "that is no failure"
is "$(memhold ask anon verify)" ok "the programs' memory is intact"
over "cancelled on its way"

# --- a pin -------------------------------------------------------------------------

region_pages main
pin -c 1 -o $((nr_pages / 2 + 21)) $base_pfn "$nr_pages"
# More than lies before it, which is more than lies after it.
size=$(((pins - base_pfn) / 256 + 1))M
expect_write EBUSY "prepare $size within=3000 wait" "a pinned page in the way of $size"
if names_a_pin "$(lcma_info main last_failure)"; then
	pass "the reason names it"
else
	fail "the reason names it" "$(lcma_info main last_failure)"
fi
failed=$(lcma_info main failures)
expect_write ok "prepare $size within=1000" "the same without waiting"
soon "its failure is listed a second later" sh -c "[ \$(cat $sys/main/failures) -gt $failed ]"
unpin "the pinned page is intact"
wait_for 20000 is_settled main
expect_idle main "a pin"

# --- the end ----------------------------------------------------------------------

expect_write ok "prepare 16M wait for=60000"
check "a drain ends what is prepared" sh -c "echo 1 >$sys/main/drain"
is "$(cat $sys/main/state)" drained "it is drained"
expect_write ENOENT "prepare 1M region=main" "nothing is prepared then"
check "lcma unloads" lcma_unload
lcma_load "main=64M@cma" || bail_out "no region"
expect_write ok "prepare 16M wait for=60000"
expect_write ok "prepare 40M within=10000"
check "lcma unloads while memory is prepared" lcma_unload
lcma_load "main=64M@cma" || bail_out "a second load gets less"
expect_idle main "it has all of its memory again"
lcma_unload
finish
