# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# vivid.sh - a V4L2 driver captures into lcma's buffers: see vivid.sh.
# Sourced after tap.sh.

# shellcheck source=test/guest/lib/program.sh
. /test/lib/program.sh

# One capture node on vb2-dma-contig (allocators=1), a webcam as its input; the
# errors that vivid can inject are off.
vivid_parameters="n_devs=1 allocators=1 node_types=0x1 num_inputs=1 input_types=0x0 no_error_inj=1"

# vivid_with_lcma REGION_OPTIONS
vivid_with_lcma()
{
	began=$(cut -d. -f1 /proc/uptime)
	lcma_load "main=32M@cma$1" || bail_out "lcma does not load"
	# shellcheck disable=SC2034	# for the job that sources this file
	vivid_zone=$(lcma_info main zone)
	# shellcheck disable=SC2086	# a list of words
	modprobe vivid $vivid_parameters || bail_out "vivid does not load"
	run_program vivid_client

	log_mark
	if command -v v4l2-ctl >/dev/null; then
		check "v4l2-ctl captures 5 frames into the driver's own memory" \
			v4l2-ctl -d /dev/video0 --stream-mmap --stream-count=5 \
			--set-fmt-video=width=640,height=360,pixelformat=YUYV \
			--stream-to=/tmp/frames
		is "$(stat -c %s /tmp/frames)" $((5 * 640 * 360 * 2)) \
			"5 whole ones"
	else
		skip "v4l2-ctl captures" "v4l-utils could not be fetched"
	fi

	check "vivid is unloaded" rmmod vivid
	is "$(lcma_info main used_pages)" 0 "nothing of the region is used"
	is "$(lcma_info main frees)" "$(lcma_info main allocs)" \
		"as many buffers came back as were handed out"
	check "lcma is unloaded" lcma_unload
	diag "$(($(cut -d. -f1 /proc/uptime) - began)) s in the guest"
}
