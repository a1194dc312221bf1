# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# who.

# who: a machine with three processes
bare=$out/bare
holders=$out/holders
rm -rf "$holders"
mkdir -p "$holders"/proc/{100,200,300}/fdinfo "$holders/sys/kernel/debug/dma_buf"
printf 'pos:\t0\nino:\t4003\nexp_name:\tlcma\n' | tee "$holders"/proc/100/fdinfo/{3,7} >"$holders/proc/300/fdinfo/1"
sed -i s/lcma/other/ "$holders/proc/300/fdinfo/1"
echo player >"$holders/proc/100/comm"
echo display >"$holders/proc/200/comm"
: >"$holders/proc/100/maps"
echo 'b6a00000-b6b00000 rw-s 00000000 00:0b 4003       /dmabuf:' >"$holders/proc/200/maps"
printf '%s\n' 'Dma-buf Objects:' '00100000	00080002	00080005	00000002	lcma	00004002' '	Attached Devices:' \
	'	other' 'Total 1 devices attached' '00100000	00080002	00080005	00000002	lcma	00004003' \
	'	Attached Devices:' '	vpu' 'Total 1 devices attached' >"$holders/sys/kernel/debug/dma_buf/bufinfo"
ctl 0 who gpu/3 --root "$holders"
out '^buffer gpu/3: 1 MiB, label scanout, asked for .* ago by kworker/0:1'
out '^  process 100 \(player\): 2 descriptors, 0 mappings$'
out '^  process 200 \(display\): 0 descriptors, 1 mapping$'
out '^  device vpu is attached$'
! grep -q 'no device is attached' out
report $? "with a device, nothing is said of synchronisation" out
[ "$(grep -c 'process\|device ' out)" = 3 ]
report $? "and nobody else" out
ctl 0 who gpu/3 --root "$holders" --json
json "[p['pid'] for p in d['processes']], d['devices'], d['buffer']['id']" "([100, 200], ['vpu'], 3)"
FAKE_STATE=$out/state4 ctl 0 who cam/1
out '^  the text device holds it: cmactl free'
FAKE_STATE=$out/state4 ctl 0 who cam/1 --root "$bare"
out '^  the text device holds it'
printf '%s\n' 'Dma-buf Objects:' '00100000	00080002	00080005	00000002	lcma	00004003' '	Attached Devices:' \
	'Total 0 devices attached' >"$holders/sys/kernel/debug/dma_buf/bufinfo"
ctl 0 who gpu/3 --root "$holders"
out '^  no device is attached: one that is given the address'
ctl 1 who gpu/9
err 'there is no such buffer'
ctl 1 who none/1
err 'ENOENT'
ctl 1 who cam
err 'neither REGION/ID'
ctl 1 who 0x --json
# Page frame 5 is anonymous and locked; process 200 maps it. 0x7aa00 is in a buffer.
python3 - "$holders/proc" <<-'END'
	import struct, sys
	open(sys.argv[1] + '/kpageflags', 'wb').write(struct.pack('=6Q', 0, 0, 0, 0, 0, 1 << 12 | 1))
	open(sys.argv[1] + '/kpagecount', 'wb').write(struct.pack('=6Q', 0, 0, 0, 0, 0, 2))
	map = open(sys.argv[1] + '/200/pagemap', 'wb')
	map.seek(0xb6a10 * 8)
	map.write(struct.pack('=Q', 1 << 63 | 5))
END
printf '%s\n' 'Page allocated via order 0, mask 0x140cca, pid 7, tgid 7 (seven)' 'PFN 0x4 type Movable' '' \
	'Page allocated via order 0, mask 0x140cca, pid 8, tgid 8 (eight)' 'PFN 0x5 type Movable' >"$holders/sys/kernel/debug/page_owner"
ctl 0 who 5 --root "$holders"
out '^page frame 0x5, address 0x5000, in no region'
out '^  flags: locked anon$'
out '^  page tables map it 2 times$'
out '^  page_owner: .*\(eight\)$'
out '^  process 200 \(display\): maps it, in /dmabuf:$'
out 'recorded nowhere'
rm "$holders/proc/200/pagemap"
ctl 0 who 0x5 --root "$holders" --json
json "d['flags'], d['mapped'], d['processes'], d['page_owner'][-7:]" "('locked anon', 2, [], '(eight)')"
ctl 0 who 0x5 --root "$holders"
out 'a pipe \(vmsplice\), .* the kernel tells no more$'
FAKE_STATE=$out/state4 ctl 0 who 0x7a900 --root "$holders"
out '^page frame 0x7a900, address 0x7a900000, in region cam at \+0x100000$'
out '^buffer cam/1: 4 MiB, label camera'
ctl 0 who 7 --root "$bare"
out 'cannot be seen without root'
