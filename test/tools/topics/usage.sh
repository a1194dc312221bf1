# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# Wrong usage, and no device.

ctl 2
ctl 2 alloc --json
json "d['error']['what']" usage
ctl 0 --help
[ "$(awk 'length > 80' out | wc -l)" = 0 ]
report $? "--help fits a terminal" out
FAKE_OPEN=13 ctl 4 regions
err 'EACCES: not allowed to open the device'
device=/dev/null ctl 1 regions
err 'ENOTTY: this device does not answer'
fake/cmactl/cmactl -d /dev/fake regions >/dev/full 2>err
[ $? = 1 ]
report $? "a full disk is noticed" err

unset FAKE_STATE FAKE_ROOT FAKE_LINE
# The real one, without a device.
for command in regions 'alloc 1M' 'alloc 1M --text' free list failures why latency info map watch stress version "plan 1M" "who 1"; do
	status=0
	# shellcheck disable=SC2086
	LCMA_DEVICE=$out/none host/cmactl/cmactl $command >said 2>&1 || status=$?
	[ $status = 3 ] && grep -q "$out/none: ENODEV: .*modprobe lcma" said
	report $? "no device: cmactl $command ends with 3 and says why" said
done
try "plan needs none with --region-size" env LCMA_DEVICE="$out/none" host/cmactl/cmactl plan 1M --region-size 8M
try "--version needs no device" host/cmactl/cmactl --version
