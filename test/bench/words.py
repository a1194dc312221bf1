# SPDX-License-Identifier: GPL-2.0-only
"""
Six rows in words, for README.md: what the summaries mean to somebody who has a
board and no interest in the bench. Of the oldest kernel that was measured. A row
whose case was not measured says so.
"""

import goals
from tables import number


def _span(values, unit=''):
    values = sorted(v for v in values if v is not None)
    if not values:
        return None
    low, high = number(values[0]), number(values[-1])
    return low + unit if low == high else '%s to %s%s' % (low, high, unit)


def _some(found, case, keep, least=0, most=1 << 40, **wanted):
    return [one for one in found if one['case'] == case and
            one.get('keep') == keep and
            least <= (one.get('size_pages') or 0) <= most and
            all(one.get(k) == v for k, v in wanted.items())]


def _ratios(some, key='ratio'):
    return _span([one.get(key) for one in some])


def _longest(some):
    """The longest call of each side, in milliseconds: lcma's, the kernel's."""
    return tuple(number(max(one['%s_max_ns' % side] for one in some) / 1e6)
                 for side in ('lcma', 'kernel'))


def _hit(found):
    some = _some(found, 'B1', 'default', most=256, zero=True)
    took = _span([one['lcma_ns'] / 1000 for one in some if one['lcma_ns']], ' µs')
    return some and '%s up to 256 pages, the longest %s µs; %s times as fast' % (
        took, number(max(one['lcma_max_ns'] for one in some) / 1000),
        _ratios(some))


def _dirty(found):
    some = _some(found, 'B1', 'default', zero=False)
    return some and '%s times as fast; it takes %s times as long as clearing ' \
        'and cleaning the pages alone' % (_ratios(some), _ratios(some, 'by_clear'))


def _cold(found):
    small = _some(found, 'B2', '0', most=64)
    large = _some(found, 'B2', '0', least=65)
    return small and large and (
        '%s times as fast up to 64 pages, %s above; the longest call %s ms, the '
        'kernel\'s %s ms' % ((_ratios(small), _ratios(large)) +
                            _longest(small + large)))


def _full(found):
    out = []
    for keep, how in (('0', 'nothing held back'), ('default', 'the default'),
                      ('8M', '8 MiB held back')):
        some = _some(found, 'B3', keep, most=1024)
        if some:
            out.append('%s: %s times as fast (the longest call %s ms, the '
                       'kernel\'s %s ms)' % ((how, _ratios(some)) + _longest(some)))
    return '; '.join(out)


def _crowd(found):
    out = []
    for keep, how in (('default', 'the default'), ('0', 'nothing held back')):
        some = _some(found, 'B4', keep, mode='tcg4')
        if some:
            out.append('%s: %s times as many buffers a second (the longest '
                       'call %s ms, the kernel\'s %s ms)' % (
                           (how, _ratios(some)) + _longest(some)))
    return '; '.join(out)


def _idle(found):
    some = [one for keep in ('0', 'default', '8M')
            for one in _some(found, 'B6', keep)]
    most = _span([max(one['more_percent'] for one in some)]) if some else None
    return some and 'other programs need at most %s %% more instructions' % most


ROWS = (
    ('The pool has zeroed pages', _hit),
    ('The pool has pages, but they must be zeroed', _dirty),
    ('No pool; memory is free', _cold),
    ('Memory is full (up to 1024 pages)', _full),
    ('16 and 32 threads on four CPUs', _crowd),
    ('A region that nobody uses', _idle),
)


def rows(found, when):
    """A Markdown table, and when it was measured."""
    kernel = (goals.kernels(found) or [None])[0]
    ours = [one for one in found if one.get('kernel') == kernel]
    out = ['| when | lcma, compared with the kernel\'s own CMA |', '|---|---|']
    out += ['| %s | %s |' % (title, text(ours) or 'not measured in this run')
            for title, text in ROWS]
    return '%s\n\n%s%s.\n' % ('\n'.join(out), when[:1].upper() + when[1:],
                              ', kernel %s' % kernel if kernel else '')
