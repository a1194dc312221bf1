# SPDX-License-Identifier: GPL-2.0-only
#
# What others are to start from, examples/, does what it says. The programs: each gets
# its buffer and leaves nothing behind; frames of a V4L2 driver are in the file; a buffer
# outlives the process that made it; a heap's client knows nothing of lcma. The driver: a
# program maps its frames and finds in them what was drawn; everything is freed when it
# goes; a program that still has a frame keeps the memory, and lcma, but not the driver; a
# region that is not there is no crash.
# (The kernel's DMA-API debugging is off: vivid does not say how long a segment it takes, and
# imports one piece.)
# Cannot be shown here: that a device would see the frame (QEMU has no caches).
# buffer.py runs on the host (test/tools/run), because guests have no Python.
#
# modules: vivid
# cmdline: cma=96M
# timeout: 60
# smp@*-debug: 1
# cmdline@*-debug: cma=96M dma_debug=off
# kernels@7-16k-arm64: *
# cmdline@7-16k-arm64: cma=160M

. /test/lib/tap.sh
. /test/lib/hands.sh

page_size
frame_pages=$((2097152 / page_bytes))
module=/test/kmod/lcma_example.ko

used()
{
	lcma_info "$1" used_pages
}

check "lcma is loaded" lcma_load "default=16M@cma;other=8M@cma,keep=all,heap=reserved"
idle=$(lcma_info default shared_pages)

# The program of docs/programs.md.
matches "$(example_program)" '^8388608 bytes in region default, label example,' \
	"the example for programs gets its buffer"
is "$(used default)" 0 "and leaves nothing behind"
is "$(example_library)" "4194304 bytes, written" "that of liblcma, too"
is "$(used default)" 0 "and leaves nothing behind"
is "$(example_heap)" "4194304 bytes of /dev/dma_heap/reserved, written" "the client of a heap"
is "$(lcma_info other allocs),$(used other)" 1,0 "had a buffer of the region, and left it"
check "a heap that is not there is an error" eval '! example_heap nowhere'
said=$(example_share)
matches "$said" '^process [0-9]+, which made the buffer, is gone$' "a buffer is sent, its maker dies"
matches "$said" '^2097152 bytes: written by the one that made it$' "and what it wrote is there"
is "$(used default)" 0 "nothing is left behind"

# Alone, it must fail and not wait.
check "without lcma's device, sharing fails" eval '! LCMA_DEVICE=/dev/null example_share'
if modprobe vivid n_devs=1 allocators=1 node_types=0x1 num_inputs=1 input_types=0x0 no_error_inj=1; then
	is_there()
	{
		[ -c /dev/video0 ]
	}
	wait_for 20000 is_there
	allocs=$(lcma_info default allocs)
	is "$(example_capture /dev/video0 /tmp/frames 4)" \
		"4 frames of 640x360, 460800 bytes each, in /tmp/frames" "a camera is captured"
	is "$(stat -c %s /tmp/frames)" $((4 * 460800)) "into the file"
	is "$(($(lcma_info default allocs) - allocs)),$(used default)" 3,0 \
		"through three buffers of the region"
	# Colour bars: no two bytes of a frame that nobody wrote to would differ.
	compare "$(head -c 460800 /tmp/frames | tail -c 100000 | tr -d '\000' | wc -c)" -gt 50000 \
		"with a picture in it"
	rm /tmp/frames
	check "vivid goes" rmmod vivid
else
	fail "vivid loads"
fi

log_mark
if insmod $module region=nowhere 2>/dev/null; then
	fail "a region that is not there is refused"
	rmmod lcma_example
else
	pass "a region that is not there is refused"
fi
matches "$(log_since)" 'lcma_example.*no region nowhere' "and the log says so"
is "$(used default)" 0 "nothing is left behind"

check "the driver is loaded" insmod $module
is "$(used default)" $frame_pages "its frame is in the region"
matches "$(cat $debug/default/buffers)" 'bytes=2097152 .*label=example-frame' \
	"and is listed with its label"
is "$(example_client 1)" "frame 1: 2097152 bytes, right" "a program gets a frame"
is "$(example_client 3 | tail -n 1)" "frame 4: 2097152 bytes, right" \
	"and the next ones"
is "$(lcma_buffers default)" 1 "there is one buffer still"
is "$(rmmod lcma 2>&1 >/dev/null | grep -c .)" 1 \
	"lcma cannot be unloaded under the driver"

check "the driver is unloaded" rmmod lcma_example
is "$(used default)" 0 "its frame is freed"
is "$(lcma_info default shared_pages)" "$idle" "the system has every page again"

check "the driver takes another region" insmod $module region=other
is "$(used default),$(used other)" 0,$frame_pages "its frame is there"
example_client -k 1 >/tmp/kept &
holder=$!
tries=0
while [ ! -s /tmp/kept ] && [ $((tries += 1)) -lt 300 ]; do usleep 10000; done
check "it can go while a program has a mapping of its frame" rmmod lcma_example
is "$(used other)" $frame_pages "the program keeps the memory"
if lcma_unload; then
	bail_out "lcma was unloaded under a mapping"
else
	pass "and lcma"
fi
kill -9 $holder
wait $holder 2>/dev/null
tries=0
while [ "$(used other)" != 0 ] && [ $((tries += 1)) -lt 300 ]; do usleep 10000; done
is "$(used other)" 0 "until it is killed"
check "lcma is unloaded" lcma_unload
finish
