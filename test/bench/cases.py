# SPDX-License-Identifier: GPL-2.0-only
"""
From what a guest printed to one summary a measurement.

A line `# bench {...}` is one measurement: arrays with one number a repetition
(test/kmod/bench). A summary is a dictionary with the fields that
docs/benchmark.md describes.
"""

import json

import stats

# Sides whose parts differ by more of their pages in use are not compared.
MAX_UNEQUAL_PERCENT = 5

NS_PER_INSTRUCTION = 8      # -icount shift=3

# The time of a task that ended is gone; then what all ran can become less, and the
# difference is one of 64 bits without a sign.
LESS_THAN_NOTHING = 1 << 63


class Invalid(Exception):
    """A measurement that must not be believed."""


def read(lines):
    """The measurements in the lines of a guest."""
    out = []
    for line in lines:
        if line.startswith('# bench '):
            try:
                out.append(json.loads(line[len('# bench '):]))
            except ValueError as why:
                raise Invalid('not JSON (%s): %s' % (why, line[:80]))
    return out


def _rounded(value, digits=4):
    if value is None:
        return None
    return float('%.*g' % (digits, value))


def _equal(raw):
    """Which pairs had both parts in use alike."""
    limit = raw['part_pages'] * MAX_UNEQUAL_PERCENT / 100
    return [abs(a - b) <= limit
            for a, b in zip(raw['lcma_in_use'], raw['kernel_in_use'])]


def _head(raw):
    keys = ('case', 'kernel', 'keep', 'mode', 'peer', 'init_on_alloc', 'zero',
            'load', 'every', 'at_once', 'longest', 'pinned_percent', 'run_pages', 'exists',
            'size_pages', 'policy')
    return {key: raw[key] for key in keys if key in raw}


def _kept(values, keep):
    return [v for v, k in zip(values, keep) if k]


def _latencies(out, raw, keep):
    """The fields that every comparison of single allocations has."""
    lcma, kernel = _kept(raw['lcma_ns'], keep), _kept(raw['kernel_ns'], keep)
    ratios = stats.ratios(kernel, lcma)
    out.update({
        'n': len(lcma),
        'lcma_ns': stats.median(lcma),
        'kernel_ns': stats.median(kernel),
        'ratio': _rounded(stats.geometric_mean(ratios)),
        'ratio_low95': _rounded(stats.lower_bound(ratios)),
        'lcma_mean_ns': _rounded(stats.mean(lcma), 7),
        'kernel_mean_ns': _rounded(stats.mean(kernel), 7),
    })
    for side, values in (('lcma', lcma), ('kernel', kernel)):
        out[side + '_p99_ns'] = stats.percentile(values, 99)
        out[side + '_max_ns'] = max(values) if values else None
    out['p99_ratio'] = (_rounded(out['kernel_p99_ns'] / out['lcma_p99_ns'])
                        if lcma and out['lcma_p99_ns'] else None)


def _discarded(out, raw, keep):
    """What does not count, beside what does: pairs, and what they would say."""
    ok = [a == 0 and b == 0 for a, b in zip(raw['lcma_err'],
                                            raw['kernel_err'])]
    out['tried'] = len(ok)
    out['fail_lcma'] = sum(e != 0 for e in raw['lcma_err'])
    out['fail_kernel'] = sum(e != 0 for e in raw['kernel_err'])
    out['discarded'] = sum(o and not k for o, k in zip(ok, keep))
    out['ratio_all'] = _rounded(stats.geometric_mean(
        stats.ratios(raw['kernel_ns'], raw['lcma_ns'], ok)))
    out['unsettled'] = raw['unsettled']


def _parts(out, raw, keep):
    """The median of each side in each of its two places."""
    for side in ('lcma', 'kernel'):
        medians = {}
        for where in sorted(set(raw['where'])):
            medians[where] = stats.median(
                [ns for ns, k, at in zip(raw[side + '_ns'], keep, raw['where'])
                 if k and at == where])
        out[side + '_parts_ns'] = medians
    better = [v for v in out['kernel_parts_ns'].values() if v]
    worse = [v for v in out['lcma_parts_ns'].values() if v]
    out['ratio_better'] = (_rounded(min(better) / max(worse))
                           if better and worse else None)
    out['exchanged'] = len(set(raw['where'])) > 1
    whole = [k and a and b for k, a, b in zip(keep, raw['lcma_whole'],
                                              raw['kernel_whole'])]
    ratios = stats.ratios(raw['kernel_ns'], raw['lcma_ns'], whole)
    out['n_whole'] = len(ratios)
    out['ratio_whole'] = _rounded(stats.geometric_mean(ratios))
    out['ratio_whole_low95'] = _rounded(stats.lower_bound(ratios))


def _background(raw, side):
    """What others ran for an allocation, less what they run anyway; None if that
    is not known: under a load, and where the bench has soiled the whole pool,
    which is zeroed again then."""
    span_ns = sum(raw['quiet_span_ns'])
    if not span_ns or 'clear_ns' in raw:
        return None
    rate = sum(raw['quiet_ns']) / span_ns
    return [None if busy >= LESS_THAN_NOTHING else max(0, busy - rate * span)
            for busy, span in zip(raw[side + '_busy_ns'],
                                  raw[side + '_span_ns'])]


def _known(values):
    return [v for v in values if v is not None]


def _bill(raw, side, background):
    """All that an allocation took: the call, giving back, the background."""
    return [None if c is None else a + b + c for a, b, c in zip(
        raw[side + '_ns'], raw[side + '_free_ns'], background)]


def _paid(bills, keep=None):
    """Pair by pair, the kernel's bill by lcma's, where both are known."""
    known = [a is not None and b is not None and (keep is None or keep[i])
             for i, (a, b) in enumerate(zip(bills['kernel'], bills['lcma']))]
    return stats.ratios(_kept(bills['kernel'], known),
                        _kept(bills['lcma'], known))


def pair(raw):
    """One allocation of each side, many times (pair.c)."""
    if raw['astray']:
        raise Invalid('%d allocations outside of their part' % raw['astray'])
    out = _head(raw)
    # B10: to empty one of the parts ahead of time is what is measured.
    alike = [True] * len(raw['lcma_err']) if raw['case'] == 'B10' else _equal(raw)
    keep = [a == 0 and b == 0 and c for a, b, c in zip(
        raw['lcma_err'], raw['kernel_err'], alike)]
    if raw['case'] == 'B2':         # first calls are shown apart
        for side in ('lcma', 'kernel'):
            out['first_%s_ns' % side] = {
                raw['where'][i]: raw[side + '_ns'][i] for i in raw['starts']}
        for i in raw['starts']:
            keep[i] = False
    _latencies(out, raw, keep)
    _discarded(out, raw, keep)
    _parts(out, raw, keep)

    bills = {}
    out['background_lost'] = 0
    for side in ('lcma', 'kernel'):
        out[side + '_free_ns'] = stats.median(
            _kept(raw[side + '_free_ns'], keep))
        name = 'background_ns' if side == 'lcma' else 'kernel_background_ns'
        background = _background(raw, side)
        if background is None:
            out[name] = out[side + '_after_ns'] = None
            continue
        out['background_lost'] += background.count(None)
        out[name] = stats.median(_known(_kept(background, keep)))
        out[side + '_after_ns'] = stats.median(_known(_kept(
            [None if b is None else a + b
             for a, b in zip(raw[side + '_free_ns'], background)], keep)))
        bills[side] = _bill(raw, side, background)
    out['upkeep_ns'] = stats.median(_kept(raw['lcma_upkeep_ns'], keep))
    out['ratio_bill'] = _rounded(stats.geometric_mean(_paid(
        bills, keep))) if bills else None
    for side in ('lcma', 'kernel'):
        for key in ('in_use', 'hit_in_use', 'moved'):
            out['%s_%s' % (side, key)] = stats.median(
                _kept(raw['%s_%s' % (side, key)], keep))
    # The kernel's side without what makes its zeroes reach memory.
    out['clean_ns'] = stats.median(_kept(raw['clean_ns'], keep))
    out['ratio_uncleaned'] = _rounded(stats.geometric_mean(stats.ratios(
        [max(1, a - b) for a, b in zip(raw['kernel_ns'], raw['clean_ns'])],
        raw['lcma_ns'], keep)))
    if 'clear_ns' in raw:
        clears = stats.ratios(raw['lcma_ns'], raw['clear_ns'], keep)
        out['clear_ns'] = stats.median(raw['clear_ns'])
        out['by_clear'] = _rounded(stats.geometric_mean(clears))
    out['samples'] = {
        'lcma': _kept(raw['lcma_ns'], keep),
        'kernel': _kept(raw['kernel_ns'], keep),
        'lcma_hit_in_use': _kept(raw['lcma_hit_in_use'], keep),
        'kernel_hit_in_use': _kept(raw['kernel_hit_in_use'], keep),
    }
    return out


def held(raw):
    """Allocations that are held, and all that they cost (held.c)."""
    out = _head(raw)
    out['count'] = raw['count']
    bills = {side: _bill(raw, side, _background(raw, side) or
                         [0] * len(raw[side + '_ns']))
             for side in ('lcma', 'kernel')}
    all_ratios = _paid(bills)
    out.update({
        'n': len(all_ratios),
        'lcma_ns': stats.median(raw['lcma_ns']),
        'kernel_ns': stats.median(raw['kernel_ns']),
        'lcma_max_ns': max(raw['lcma_ns']),
        'kernel_max_ns': max(raw['kernel_ns']),
        'lcma_p99_ns': stats.percentile(raw['lcma_ns'], 99),
        'kernel_p99_ns': stats.percentile(raw['kernel_ns'], 99),
        'lcma_cpu_ns': stats.median(_known(bills['lcma'])),
        'kernel_cpu_ns': stats.median(_known(bills['kernel'])),
        'ratio': _rounded(stats.geometric_mean(all_ratios)),
        'ratio_low95': _rounded(stats.lower_bound(all_ratios)),
        'background_ns': stats.median(
            _known(_background(raw, 'lcma') or [0])),
        'fail_lcma': sum(e != 0 for e in raw['lcma_err']),
        'fail_kernel': sum(e != 0 for e in raw['kernel_err']),
    })
    return out


def crowd(raw):
    """Many threads at once (crowd.c)."""
    out = _head(raw)
    sides = {}
    for side in ('lcma', 'kernel'):
        turns = [t for t in raw['turns'] if t['side'] == side]
        if any(t['astray'] for t in turns):
            raise Invalid('allocations outside of their part')
        seconds = sum(t['took_ns'] for t in turns) / 1e9
        allocs = sum(t['allocs'] for t in turns)
        sides[side] = [t['allocs'] / (t['took_ns'] / 1e9) for t in turns]
        out[side + '_per_s'] = _rounded(allocs / seconds)
        out['fail_' + side] = sum(t['busy'] + t['full'] for t in turns)
        out['busy_' + side] = sum(t['busy'] for t in turns)
        out['tries_' + side] = allocs + out['fail_' + side]
        for key in ('p99_ns', 'max_ns'):
            out['%s_%s' % (side, key)] = max(t[key] for t in turns)
        out[side + '_ns'] = stats.median([t['median_ns'] for t in turns])
        after = [max(0, t['after_ns'] - _rate(raw) * t['after_span_ns']) +
                 t['upkeep_ns'] for t in turns
                 if t['after_ns'] < LESS_THAN_NOTHING]
        name = 'background_ns' if side == 'lcma' else 'kernel_background_ns'
        out[name] = _rounded(sum(after) / max(1, allocs), 7)
    if out['tries_lcma'] != out['tries_kernel']:
        raise Invalid('%d tries of lcma, %d of the kernel' % (
            out['tries_lcma'], out['tries_kernel']))
    rates = stats.ratios(sides['lcma'], sides['kernel'])
    out.update({
        'threads': raw['threads'],
        'n': len(rates),
        'ratio': _rounded(stats.geometric_mean(rates)),
        'ratio_low95': _rounded(stats.lower_bound(rates)),
        'p99_ratio': _rounded(out['kernel_p99_ns'] / out['lcma_p99_ns']),
    })
    return out


def _rate(raw):
    span_ns = sum(raw['quiet_span_ns'])
    return sum(raw['quiet_ns']) / span_ns if span_ns else 0


def mapping(raw):
    """Mapping, and the first pass of writes over it (write_pass.c)."""
    out = _head(raw)
    both = [a + b for a, b in zip(raw['map_ns'], raw['first_ns'])]
    out.update({
        'n': len(both),
        'lcma_ns': stats.median(both),
        'lcma_p99_ns': stats.percentile(both, 99),
        'lcma_max_ns': max(both),
        'map_ns': stats.median(raw['map_ns']),
        'again_ns': stats.median(raw['again_ns']),
        'faults': stats.median(raw['faults']),
    })
    return out


def load(raw):
    """Loading and unloading, in nanoseconds a MiB."""
    out = _head(raw)
    out.update({key: raw[key] for key in ('source', 'regions', 'mib')})
    out['n'] = len(raw['load_ns'])
    for side in ('load_ns', 'unload_ns'):
        out[side] = stats.median(raw[side]) / raw['mib']
    out['lcma_ns'] = out['unload_ns']
    out['lcma_max_ns'] = max(raw['unload_ns']) / raw['mib']
    return out


def hungry(raws):
    """The memory-hungry job, by keep: one summary each but for `none`."""
    keeps = {}
    for raw in raws:
        keeps.setdefault(raw['keep'], {})[raw['seed']] = raw
    none = keeps.pop('none', {})
    out = []
    for keep, runs in sorted(keeps.items()):
        seeds = sorted(set(runs) & set(none))
        more = stats.ratios([runs[s]['ns'] for s in seeds],
                            [none[s]['ns'] for s in seeds])
        first = next(iter(runs.values()))
        out.append({
            'case': 'B6', 'kernel': first.get('kernel'), 'keep': keep,
            'mode': first['mode'], 'n': len(seeds),
            'instructions': _rounded(stats.median(
                [runs[s]['ns'] / NS_PER_INSTRUCTION for s in seeds]), 6),
            'instructions_none': _rounded(stats.median(
                [none[s]['ns'] / NS_PER_INSTRUCTION for s in seeds]), 6),
            'more_percent': _rounded(
                (stats.geometric_mean(more) - 1) * 100) if more else None,
            'more_max_percent': _rounded((max(more) - 1) * 100)
            if more else None,
        })
    return out


def maps(lines):
    """The search benchmark of the host (test/unit/bench_map.c), as it prints."""
    out = []
    what, percent = None, None
    for line in lines:
        words = line.replace('|', ' ').split()
        if line.startswith('# region:'):
            percent = float(line.split(',')[-1].split()[0])
        elif line.startswith(('# trace:', '# random:', '# badly')):
            what = words[1].rstrip(':,')
        elif what and '|' in line and words[0] == '#':
            length, align = words[1], words[2]
            numbers = [float(w) for w in words[-7:] if w.replace(
                '.', '', 1).isdigit()][-6:]
            if len(numbers) != 6:
                continue
            out.append({
                'case': 'B7', 'mode': 'host', 'trace': what,
                'size_pages': int(length) if length.isdigit() else None,
                'align_pages': int(align),
                'lcma_ns': numbers[2] * 1000, 'lcma_p99_ns': numbers[3] * 1000,
                'kernel_ns': numbers[0] * 1000,
                'kernel_p99_ns': numbers[1] * 1000,
                'ratio': numbers[4],
                'p99_ratio': _rounded(numbers[1] / numbers[3])
                if numbers[3] else None,
                'map_percent': percent,
            })
    return out


KINDS = {'B1': pair, 'B2': pair, 'B2held': held, 'B3': pair, 'B4': crowd,
         'B5': pair, 'B8': held, 'B8crowd': crowd, 'B9': mapping, 'B10': pair,
         'B11': load}


def _less_walk(raw):
    """The same without the kernel's walk over pages that it does not have: each of
    its searches begins at the start of the area (side.c). Where four CPUs do it at
    once, what it costs cannot be told, and is left in."""
    walk_ns = raw.get('walk_ns', 0)
    out = dict(raw)
    if not walk_ns or raw['mode'] != 'icount':
        return out
    if 'turns' in raw:
        out['turns'] = [t if t['side'] == 'lcma' else dict(
            t, took_ns=t['took_ns'] - walk_ns *
            (t['allocs'] + t['busy'] + t['full'])) for t in raw['turns']]
    elif 'kernel_ns' in raw:
        walk_ns *= raw.get('count', 1)
        out['kernel_ns'] = [max(1, ns - walk_ns) for ns in raw['kernel_ns']]
    return out


def merged(raws):
    """Cases are measured in both parts of the area, some of them piece by piece:
    one of all the pieces. `starts` has the indices at which a region was loaded
    anew, and `where` the part of each pair."""
    out, whole = [], {}
    for raw in raws:
        if raw['case'] not in KINDS:
            out.append(raw)
            continue
        raw = _less_walk(raw)
        n = len(raw.get('lcma_ns', ()))
        where = raw.get('where', '')
        key = tuple(raw.get(name) for name in (
            'case', 'kernel', 'keep', 'mode', 'policy', 'zero', 'init_on_alloc',
            'every', 'threads', 'longest', 'at_once', 'source', 'regions'))
        key += () if raw.get('longest') else (raw.get('size_pages'),)
        if key not in whole:
            whole[key] = dict(raw, where=[where] * n, starts=[0])
            out.append(whole[key])
            continue
        one = whole[key]
        if where not in one['where']:
            one['starts'] = one['starts'] + [len(one['where'])]
        one['where'] = one['where'] + [where] * n
        for name, value in raw.items():
            if isinstance(value, list):
                one[name] = one[name] + value
            elif name in ('astray', 'unsettled'):
                one[name] += value
    return out


def summaries(raws):
    """All of them, and what is wrong: (summaries, complaints)."""
    out, complaints = [], []
    raws = merged(raws)
    for raw in raws:
        kind = KINDS.get(raw['case'])
        if not kind:
            continue
        try:
            out.append(kind(raw))
        except (Invalid, KeyError, IndexError) as why:
            complaints.append('%s, keep=%s, %s pages: %r' % (
                raw['case'], raw.get('keep'), raw.get('size_pages'), why))
    for kernel in sorted({raw.get('kernel') or '' for raw in raws}):
        ours = [raw for raw in raws if (raw.get('kernel') or '') == kernel]
        these = [one for one in out if (one.get('kernel') or '') == kernel]
        out += _of_kernel(kernel, ours, these)
    return out, complaints


def _of_kernel(kernel, raws, found):
    """What takes several measurements of one kernel; adds members to some of
    `found`, and returns more summaries."""
    for one in found:
        if one['case'] == 'B3':
            _by_move(one, [raw for raw in raws if raw['case'] == 'move' and
                           raw['keep'] == one['keep']], found)
    _prepared(found, raws)
    out = hungry([raw for raw in raws if raw['case'] == 'B6'])
    for raw in raws:
        if raw['case'] == 'metadata':
            out.append({
                'case': 'metadata', 'kernel': raw.get('kernel'),
                'bytes': raw['bytes'], 'size_pages': raw['pages'],
                'bits_per_page': _rounded(raw['bytes'] * 8 / raw['pages']),
                'metadata_percent': _rounded(
                    100 * raw['bytes'] / (raw['pages'] * 4096))})
    return out


def _cost_of_move(moves):
    return stats.median([ns for m in moves for ns in m['move_page_ns']])


def _by_move(one, moves, found):
    """How often the cost of moving the pages in use an allocation took; and by what
    it may cost: a call that moves nothing, one and a half times the moving, and
    clearing and cleaning the pages."""
    cost_ns = _cost_of_move(moves)
    if cost_ns is None:
        return
    one['move_page_ns'] = cost_ns
    times = stats.ratios(
        one['samples']['lcma'],
        [n * cost_ns for n in one['samples']['lcma_hit_in_use']])
    one['by_move'] = _rounded(stats.geometric_mean(times))
    ones = [o for o in found if o['case'] == 'B3' and o['size_pages'] == 1 and
            o['keep'] == one['keep']]
    clears = [o['clear_ns'] / o['size_pages'] for o in found
              if o['case'] == 'B1' and o.get('clear_ns') and
              o['size_pages'] >= 64]
    if not ones or not clears or not one['n']:
        return
    fixed_ns = stats.median([
        max(0, ns - n * cost_ns) for ns, n in zip(
            ones[0]['samples']['kernel'],
            ones[0]['samples']['kernel_hit_in_use'])])
    one['fixed_ns'] = fixed_ns
    one['by_budget'] = _rounded(stats.median([
        ns / (fixed_ns + 1.5 * n * cost_ns +
              stats.median(clears) * one['size_pages'])
        for ns, n in zip(one['samples']['lcma'],
                         one['samples']['lcma_hit_in_use'])]))


def _prepared(found, raws):
    """What emptying ahead of time cost, less what an idle system runs: by what moving
    as many pages costs; and by that and clearing and cleaning all."""
    moves = [raw for raw in raws if raw['case'] == 'move']
    cost_ns = _cost_of_move(moves)
    clear_ns = stats.median([ns for m in moves for ns in m.get('clear_page_ns', [])])
    spent = [(raw['busy_ns'] - raw.get('quiet_ns', 0), raw['moved'] * cost_ns)
             for raw in raws if raw['case'] == 'prepare'] if cost_ns else []
    for one in found:
        if one['case'] != 'B10':
            continue
        one['lcma_p95_ns'] = stats.percentile(one['samples']['lcma'], 95)
        one['cpu_by_move'] = _rounded(stats.median(
            [cpu / moving for cpu, moving in spent if moving]))
        one['cpu_by_work'] = _rounded(stats.median(
            [cpu / (moving + one['size_pages'] * clear_ns)
             for cpu, moving in spent])) if clear_ns else None
