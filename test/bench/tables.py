# SPDX-License-Identifier: GPL-2.0-only
"""Markdown tables of the summaries."""

import cases


def _table(heads, rows):
    out = ['| %s |' % ' | '.join(heads),
           '|%s|' % '|'.join('---' for _ in heads)]
    out += ['| %s |' % ' | '.join(str(cell) for cell in row) for row in rows]
    return '\n'.join(out) + '\n'


def number(value):
    """Three digits, and no exponent."""
    if value is None:
        return '-'
    if value == 0:
        return '0'
    if abs(value) >= 100:
        return '{:,.0f}'.format(value)
    return '%.3g' % value


def _us(ns):
    return number(None if ns is None else ns / 1000)


def _three(one, side):
    return ' / '.join(_us(one['%s%s_ns' % (side, k)])
                      for k in ('', '_p99', '_max'))


def goals(judged, all_of_them=True):
    """judged: what goals.by_kernel() returns. Of all goals, or of the first ones."""
    names = [name or 'any' for name, _ in judged]
    rows = []
    for row in zip(*[of_kernel for _, of_kernel in judged]):
        first = row[0]
        if not (all_of_them or first.first):
            continue
        rows.append((first.case, first.keep, first.text, first.wanted()) +
                    tuple(goal.words() for goal in row))
    return _table(('case', 'keep', 'goal', 'to reach') +
                  tuple('kernel ' + name for name in names), rows)


def _places(one):
    """The medians in both parts: of lcma / of the kernel."""
    return ' / '.join(
        ', '.join(_us(one[side + '_parts_ns'][where])
                  for where in sorted(one[side + '_parts_ns']))
        for side in ('lcma', 'kernel'))


def _singles(found, extra_heads=(), extra=lambda one: ()):
    heads = ('keep', 'pages', 'kept of', 'with the discarded') + extra_heads + (
        'lcma, µs', 'kernel, µs', 'kernel ÷ lcma', '95 % bound', 'p99 ratio',
        'kernel not cleaned', 'failed', 'background, µs', 'all costs')
    rows = [(one['keep'], one['size_pages'],
             '%d of %d' % (one['n'], one['tried']),
             number(one['ratio_all'])) + extra(one) +
            (_three(one, 'lcma'), _three(one, 'kernel'), number(one['ratio']),
             number(one['ratio_low95']), number(one['p99_ratio']),
             number(one['ratio_uncleaned']),
             '%d / %d' % (one['fail_lcma'], one['fail_kernel']),
             '%s / %s%s' % (_us(one['background_ns']),
                            _us(one['kernel_background_ns']),
                            ' (%d lost)' % one['background_lost']
                            if one['background_lost'] else ''),
             number(one['ratio_bill']))
            for one in found]
    return _table(heads, rows)


def _warm(found):
    return _singles(
        found, ('init_on_alloc', 'they are', 'lcma, instructions', 'by clearing'),
        lambda one: (one['init_on_alloc'],
                     'zero' if one['zero'] else 'not zero',
                     number(None if one['lcma_ns'] is None else
                            one['lcma_ns'] / cases.NS_PER_INSTRUCTION),
                     number(one.get('by_clear'))))


def _first(one):
    return '; '.join('%s %s / %s' % (
        where, _us(one['first_lcma_ns'][where]),
        _us(one['first_kernel_ns'][where]))
                     for where in sorted(one['first_lcma_ns']))


def _cold(found):
    return _singles(
        found, ('first call, µs', 'lower, upper, µs', 'whole blocks'),
        lambda one: (_first(one), _places(one),
                     '%s (%d)' % (number(one['ratio_whole']), one['n_whole'])))


def _held(found):
    return _table(
        ('keep', 'pages', 'n', 'lcma, µs', 'kernel, µs', 'lcma, all µs',
         'kernel, all µs', 'all, kernel ÷ lcma', '95 % bound'),
        [(one['keep'], '%d × %s' % (one['count'], one['size_pages']), one['n'],
          _three(one, 'lcma'), _three(one, 'kernel'), _us(one['lcma_cpu_ns']),
          _us(one['kernel_cpu_ns']), number(one['ratio']),
          number(one['ratio_low95'])) for one in found])


def _pressure(found):
    return _singles(
        found, ('in use there', 'moved', 'by moving', 'by budget', 'upkeep, µs'),
        lambda one: ('%s / %s' % (number(one['lcma_hit_in_use']),
                                  number(one['kernel_hit_in_use'])),
                     '%s / %s' % (number(one['lcma_moved']),
                                  number(one['kernel_moved'])),
                     number(one.get('by_move')), number(one.get('by_budget')),
                     _us(one['upkeep_ns'])))


def _crowd(found):
    return _table(
        ('keep', 'mode', 'threads', 'n', 'lcma, per s', 'kernel, per s',
         'lcma ÷ kernel', '95 % bound', 'failed', 'of them -EBUSY',
         'median, ms', 'p99, ms', 'longest, ms', 'background, µs each'),
        [(one['keep'], one['mode'], one['threads'], one['n'],
          number(one['lcma_per_s']),
          number(one['kernel_per_s']), number(one['ratio']),
          number(one['ratio_low95']),
          '%d of %d / %d of %d' % (one['fail_lcma'], one['tries_lcma'],
                                   one['fail_kernel'], one['tries_kernel']),
          '%d / %d' % (one['busy_lcma'], one['busy_kernel'])) +
         tuple('%s / %s' % (_us(one['lcma%s_ns' % key] / 1000),
                            _us(one['kernel%s_ns' % key] / 1000))
               for key in ('', '_p99', '_max')) +
         ('%s / %s' % (_us(one['background_ns']),
                       _us(one['kernel_background_ns'])),) for one in found])


def _pins(found):
    return _singles(
        found, ('pinned', 'longest run', 'lower, upper, µs'),
        lambda one: ('%s %%' % one['pinned_percent'], one['run_pages'],
                     _places(one)))


def _given_back(found):
    return _table(
        ('keep', 'n', 'instructions', 'with no reservation', 'more',
         'at most'),
        [(one['keep'], one['n'], number(one['instructions']),
          number(one['instructions_none']),
          '%s %%' % number(one['more_percent']),
          '%s %%' % number(one['more_max_percent'])) for one in found])


def _scale(found):
    return _table(
        ('map', 'pages', 'aligned', 'lcma, µs', 'p99', 'first fit, µs', 'p99',
         'p99 ratio'),
        [(one['trace'], one['size_pages'] or 'any', one['align_pages'],
          _us(one['lcma_ns']), _us(one['lcma_p99_ns']), _us(one['kernel_ns']),
          _us(one['kernel_p99_ns']), number(one['p99_ratio']))
         for one in found])


def _policies(found):
    return _table(
        ('policy', 'pages', 'n', 'ms', 'longest, ms', 'failed'),
        [(one['policy'], '%d × %s' % (one['count'], one['size_pages']), one['n'],
          _us(one['lcma_ns'] / 1000), _us(one['lcma_max_ns'] / 1000),
          one['fail_lcma']) for one in found])


def _policy_crowd(found):
    return _table(
        ('policy', 'threads', 'lcma, per s', 'kernel, per s', 'lcma ÷ kernel', 'failed'),
        [(one['policy'], one['threads'], number(one['lcma_per_s']),
          number(one['kernel_per_s']), number(one['ratio']),
          '%d of %d / %d of %d' % (one['fail_lcma'], one['tries_lcma'],
                                   one['fail_kernel'], one['tries_kernel']))
         for one in found])


def _metadata(found):
    return _table(
        ('pages', 'bytes', 'bits a page', 'of the region'),
        [(one['size_pages'], one['bytes'], number(one['bits_per_page']),
          '%s %%' % number(one['metadata_percent'])) for one in found])


def _mapping(found):
    return _table(
        ('map_at_once', 'pages', 'n', 'mmap and first pass, ms', 'of it mmap',
         'second pass, ms', 'faults'),
        [(one['at_once'], one['size_pages'], one['n'],
          ' / '.join(_us(one['lcma%s_ns' % key] / 1000)
                     for key in ('', '_p99', '_max')),
          _us(one['map_ns'] / 1000), _us(one['again_ns'] / 1000), number(one['faults']))
         for one in found])


def _load(found):
    return _table(
        ('source', 'regions', 'MiB', 'n', 'load, ms a MiB', 'unload, ms a MiB'),
        [(one['source'], one['regions'] or '-', one['mib'], one['n'],
          _us(one['load_ns'] / 1000), _us(one['unload_ns'] / 1000))
         for one in found])


def _prepare(found):
    return _singles(
        found, ('95 of 100, µs', 'CPU by moving', 'by moving and clearing'),
        lambda one: (_us(one['lcma_p95_ns']), number(one['cpu_by_move']),
                     number(one['cpu_by_work'])))


CASES = (
    ('B1', 'B1 warm: the pool has what is asked for', _warm),
    ('B2', 'B2 cold: an empty region, each time as the first', _cold),
    ('B2held', 'B2 held: 32 allocations, and all they cost', _held),
    ('B3', 'B3 pressure: memory is full and churned', _pressure),
    ('B4', 'B4 crowd: many threads', _crowd),
    ('B5', 'B5 pins: blocks with a page that cannot be moved', _pins),
    ('B6', 'B6 given back: what an idle region costs others', _given_back),
    ('B7', 'B7 scale: a search in 64 GiB', _scale),
    ('B8', 'B8 policies: 8 buffers in gaps that are in use to different parts', _policies),
    ('B8crowd', 'B8 crowd: buffers are replaced at random', _policy_crowd),
    ('metadata', 'B7 metadata: a region and all that belongs to it', _metadata),
    ('B9', 'B9 mapping: a word is written in each page of a fresh mapping', _mapping),
    ('B10', 'B10 prepare: memory is full, and lcma was told two seconds ahead', _prepare),
    ('B11', 'B11 load: insmod and rmmod; kernel: an allocation of its own area', _load),
)


def details(found):
    """A table a case and kernel; latencies are median / p99 / max."""
    out = []
    for case, title, table in CASES:
        some = [one for one in found if one['case'] == case]
        for kernel in sorted({one.get('kernel') or '' for one in some}):
            these = [one for one in some
                     if (one.get('kernel') or '') == kernel]
            name = '%s (kernel %s)' % (title, kernel) if kernel else title
            out.append('### %s\n\n%s\n%s' % (name, _modes(these),
                                             table(these)))
    return '\n'.join(out)


def _modes(found):
    modes = sorted({one['mode'] for one in found if one.get('mode')})
    peers = sorted({one['peer'] for one in found if one.get('peer')})
    text = 'Mode: %s.' % ', '.join(modes)
    if peers:
        text += ' The kernel\'s side: %s().' % '(), '.join(peers)
    return text + '\n'
