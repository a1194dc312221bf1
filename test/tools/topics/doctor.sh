# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# doctor.

# doctor: a machine that has everything, and one that has nothing
healthy=$out/healthy
bare=$out/bare
rm -rf "$healthy" "$bare"
mkdir -p "$healthy"/proc/sys/kernel "$healthy"/boot "$healthy"/sys/module/lcma "$healthy"/sys/kernel/debug/lcma \
	"$healthy"/usr/lib/udev/rules.d "$healthy"/proc/device-tree/reserved-memory/{a,b} \
	"$bare"/proc/sys/kernel "$bare"/sys/kernel/{security,iommu_groups/0} "$bare"/lib/modules/5.10.0/updates
echo 6.1.0-31-armmp >"$healthy/proc/sys/kernel/osrelease"
printf '%s\n' CONFIG_CONTIG_ALLOC=y CONFIG_DMA_SHARED_BUFFER=y CONFIG_CMA=y CONFIG_CMA_DEBUG=m CONFIG_DEBUG_FS=y \
	>"$healthy/boot/config-6.1.0-31-armmp"
echo 'console=ttyAMA0 cma=96M quiet' >"$healthy/proc/cmdline"
printf 'MemTotal: 500000 kB\nMemFree: 300000 kB\nCmaTotal:   98304 kB\nCmaFree: 90000 kB\n' >"$healthy/proc/meminfo"
echo 0.1.0 >"$healthy/sys/module/lcma/version"
touch "$healthy/usr/lib/udev/rules.d/60-lcma.rules"
ctl 0 doctor --root "$healthy"
out '^✓ kernel +6\.1\.0-31-armmp, '
out '^✓ config +CONFIG_CONTIG_ALLOC$'
out '^✓ reservation +CMA areas of 96 MiB, command line cma=96M$'
out '^! reservation +the device tree has /reserved-memory, with 2 entries$'
out '^✓ module +lcma 0\.1\.0 is loaded$'
out '^✓ device +/dev/fake can be opened$'
out '^✓ region +cam, 64 MiB from cma, 12 MiB can be had in one piece$'
out '^✓ left +32 MiB of the CMA areas for the kernel.s own drivers; 205\.0 MiB are free beside them'
out '^✓ udev +/usr/lib/udev/rules.d/60-lcma.rules '
out '^✓ IOMMU +none: '
out '^lcma can be used\.$'
! grep -q '✗' out
report $? "nothing is wrong with a healthy machine" out
ctl 0 doctor --root "$healthy" --json
json "{f['state'] for f in d['doctor']} <= {'good', 'note', 'unknown'}, len(d['doctor']) > 9" "(True, True)"
FAKE_OPEN=13 ctl 1 doctor --root "$healthy"
out '^✗ device +/dev/fake is there, but this user may not open it$'
out 'do: sudo usermod -aG video'
echo 'quiet cma=900M' >"$healthy/proc/cmdline"
echo 'MemTotal: 500000 kB' >"$healthy/proc/meminfo"
ctl 1 doctor --root "$healthy"
out '^✗ reservation +cma=900M is on the command line, and there is no CMA area$'
out 'do: use a smaller cma='
echo 'CmaTotal: 16384 kB' >"$healthy/proc/meminfo"
echo 'quiet acma=900M' >"$healthy/proc/cmdline"
ctl 1 doctor --root "$healthy"
out '^✗ reservation +CMA areas of 16 MiB, which is too small'
echo 'quiet reserve_mem=64M:8M:lcma' >"$healthy/proc/cmdline"
ctl 1 doctor --root "$healthy"
out '^✗ reservation +reserve_mem=64M:8M:lcma on the command line, which this kernel ignores: it came with Linux 6\.12'
echo 6.12.0-31-armmp >"$healthy/proc/sys/kernel/osrelease"
mv "$healthy"/boot/config-6.1{,2}.0-31-armmp
ctl 0 doctor --root "$healthy"
out '^✓ reservation +reserve_mem=64M:8M:lcma on the command line'
echo 6.1.0-31-armmp >"$healthy/proc/sys/kernel/osrelease"
mv "$healthy"/boot/config-6.1{2,}.0-31-armmp
echo 5.10.0 >"$bare/proc/sys/kernel/osrelease"
echo 'none [integrity] confidentiality' >"$bare/sys/kernel/security/lockdown"
touch "$bare/lib/modules/5.10.0/updates/lcma.ko"
device=$out/none ctl 1 doctor --root "$bare"
out '^✗ kernel +5\.10\.0, 6\.1 or later is needed$'
out '^\? config +neither '
out '^✗ reservation +no CMA area, no reserve_mem=$'
out 'do: put cma=96M on the kernel command line'
out '^! lockdown '
out '^✗ module +lcma is installed for this kernel and not loaded$'
out '^✗ device +.*/none: '
out '^! udev +no 60-lcma\.rules'
out '^! IOMMU +there is one: devices behind it \(1 groups\)'
out '^4 of these have to be put right\.$'
sed -i 's/CONFIG_CONTIG_ALLOC=y/# CONFIG_CONTIG_ALLOC is not set/' "$healthy/boot/config-6.1.0-31-armmp"
ctl 1 doctor --root "$healthy"
out '^✗ config +CONFIG_CONTIG_ALLOC is not set$'
