# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel API, used and misused by a module (test/kmod/apitest): pages and
# buffers, in a region of every kind; what is refused; freeing and allocating
# where one may not sleep; regions of devices, also while they are drained; what
# pins a buffer; several threads at once; and a client that keeps lcma loaded.
# Cannot be shown here: a function that might sleep where it may not, but
# happens not to (that needs a debug kernel).
#
# suite@6.12-armhf: trust
# mem: 512M
# cmdline: cma=96M
# cmdline@*-debug: cma=96M dma_debug=off
# timeout: 120
# pages: poison

. /test/lib/tap.sh
# shellcheck source=test/guest/lib/suite.sh
. /test/lib/suite.sh

began=$(cut -d. -f1 /proc/uptime)

regions="private=16M@cma,keep=all;classic=16M@cma,keep=0;coarse=8M@cma,order=4;between=8M@cma,keep=0-4M"
lcma_load "$regions" || bail_out "lcma does not load"
check "a client is loaded" insmod /test/kmod/lcma_apitest.ko
if lcma_unload; then
	bail_out "lcma was unloaded under a client"
else
	pass "lcma stays loaded while its client is"
fi

# What goes by itself without requests is another job's.
echo 0 >$sys/between/decay_ms

for region in private classic coarse between; do
	suite errors $region
	suite pages $region
	suite release $region
	suite quarantine $region
	suite atomic $region
	suite buffers $region
	suite crowd $region
	suite prepare $region
done
suite intruder private
suite intruder classic
suite devices private
suite managed private

allocs=$(lcma_info private allocs)
frees=$(lcma_info private frees)
is "$frees" "$allocs" "as many frees are counted as allocations"

# pins: how many pins the suites' buffer has
pins()
{
	field "$(grep 'label=pins' $debug/private/buffers)" pins
}

for i in 1 2 3 4 5; do
	suite pin private
	is "$(pins)" $i "one more pin: $i"
done
devices=$(field "$(grep 'label=pins' $debug/private/buffers)" devices)
is "$devices" lcma_apitest_pins "the list names the device that is attached"
matches "$(cat /sys/kernel/debug/lcma_holders)" "kernel=private/[0-9]+ .*label=pins devices=lcma_apitest_pins$" \
	"so does the list of what holds the module"
log_mark
echo 1 2>/dev/null >$sys/private/drain && fail "a region is drained under a device"
matches "$(log_since)" "label pins\) of [^ ]*, pid [0-9]*, is still there; attached to lcma_apitest_pins" \
	"so does a drain that is refused"
for i in 4 3 2 1 0; do
	suite unpin private
	is "$(pins)" $i "one less: $i"
done
is "$(grep -c 'label=pins.* devices=' $debug/private/buffers)" 0 "nor is one attached"
suite unpinned private

suite hold private
line=$(tail -n 1 $debug/private/buffers)
is "$(field "$line" bytes),$(field "$line" label)" \
	"2097152,the-longest-label-there-can-be!" \
	"a module's buffer is listed with its label"
suite let_go private
is "$(lcma_info private used_pages)" 0 "and is gone when it is put"

suite forget private
echo 1 >$sys/classic/drain || fail "a region is drained under its clients"
is "$(cat $sys/classic/state)" drained "the region is gone"
suite gone classic
suite managed_gone classic
check "it is brought back" eval "echo classic >$sys/add"
suite managed_back classic

# Pages that were freed where one may not sleep are still on their way when
# lcma is told to go.
suite leave coarse
check "the client is unloaded" rmmod lcma_apitest
log_mark
check "lcma is unloaded, a device still assigned, pages still leaving" \
	lcma_unload
matches "$(log_since)" "region coarse: 8192 KiB given back" "all pages are back"
check "lcma is loaded again" lcma_load "$regions"
lcma_unload
diag "$(($(cut -d. -f1 /proc/uptime) - began)) s in the guest"
finish
