'use strict';
(() => {
  // A number that JavaScript cannot hold, such as a large seed, stays what was written.
  const data = JSON.parse(document.getElementById('data').textContent, (_, value, context) =>
    Number.isInteger(value) && !Number.isSafeInteger(value) && context?.source ? context.source : value);
  const page = document.getElementById('page');
  const runs = Array.isArray(data.figures) ? data.figures : [data.figures];

  // --- Words and numbers, as the command prints them ----------------------------------------------

  const grouped = number => number.toLocaleString('en-US');

  function threeDigits(number) {
    const rounded = Number(number.toPrecision(3));
    const whole = rounded >= 1 ? Math.floor(Math.log10(rounded)) + 1 : 0;
    const decimals = Math.max(0, Math.min(2, 3 - whole));
    return (whole > 3 ? Math.round(number) : rounded).toLocaleString('en-US', {
      minimumFractionDigits: decimals, maximumFractionDigits: decimals,
    });
  }

  function time(nanos) {
    if (nanos === null || nanos === undefined) return 'never';
    if (nanos === 0) return '0 s';
    if (nanos < 1e3) return `${nanos} ns`;
    const [unit, scale] = nanos < 1e6 ? ['µs', 1e3] : nanos < 1e9 ? ['ms', 1e6] : ['s', 1e9];
    return `${threeDigits(nanos / scale)} ${unit}`;
  }

  const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

  function magnitude(bytes) {
    let unit = 0;
    while (unit < 4 && bytes >= 1024 ** (unit + 1)) unit++;
    return unit;
  }

  function size(bytes) {
    if (bytes === null || bytes === undefined) return 'unknown';
    const unit = magnitude(bytes);
    if (unit === 0) return `${grouped(bytes)} bytes`;
    const digits = threeDigits(bytes / 1024 ** unit);
    return `${digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits} ${UNITS[unit]}`;
  }

  /** A part that is not nothing never reads as nothing, nor one that is not all as all. */
  function percent(part, whole) {
    if (!part) return '0 %';
    if (part === whole) return '100 %';
    const share = Math.floor(part / whole * 1e4) / 100;
    return share < 0.01 ? 'under 0.01 %' : `${share} %`;
  }

  // --- The page is built of elements and text, never of markup --------------------------------------

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key === 'style') Object.assign(made.style, value);
      else made.setAttribute(key, value);
    }
    made.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined));
    return made;
  }

  function section(title, hint, ...children) {
    return element('section', {}, element('h2', {}, title),
      hint ? element('p', {class: 'hint'}, hint) : null, ...children);
  }

  const color = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  // --- Charts: drawn again when their room or the theme changes -------------------------------------

  const dark = matchMedia('(prefers-color-scheme: dark)');

  /**
   * @param label what the picture shows, for those who do not see it
   * @param options returns uPlot's options for a width
   */
  function chart(label, options, values) {
    const box = element('div', {class: 'chart', role: 'img', 'aria-label': label});
    let drawn = null;
    let width = 0;
    function draw() {
      if (drawn) drawn.destroy();
      drawn = width > 0 ? new uPlot(options(width), values, box) : null;
    }
    // Not within the observer's call: a chart that changes its height there is complained of.
    new ResizeObserver(() => requestAnimationFrame(() => {
      if (box.clientWidth !== width) {
        width = box.clientWidth;
        draw();
      }
    })).observe(box);
    dark.addEventListener('change', draw);
    box.addEventListener('redraw', draw);
    return box;
  }

  const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';

  function axis(more) {
    return {
      size: 34, stroke: color('soft'), font: FONT,
      grid: {stroke: color('grid'), width: 1}, ticks: {stroke: color('line'), width: 1, size: 5}, ...more,
    };
  }

  /** The unit in which a run's time reads best. */
  function timeUnit(nanos) {
    return nanos >= 1e9 ? {name: 's', nanos: 1e9} : nanos >= 1e6 ? {name: 'ms', nanos: 1e6}
      : {name: 'µs', nanos: 1e3};
  }

  function legend(entries) {
    return element('ul', {class: 'legend'}, entries.map(entry => element('li', {},
      element('span', entry.dash === undefined
        ? {class: 'swatch', style: {background: `var(--${entry.color})`}}
        : {class: `stroke ${entry.dash}`, style: {borderColor: `var(--${entry.color})`}}), entry.name)));
  }

  // --- One run --------------------------------------------------------------------------------------

  const STATES = {
    u: {name: 'guest-owned, not mapped', color: 'unmapped'},
    b: {name: 'ballooned', color: 'ballooned'},
    r: {name: 'ballooned, and mapped already', color: 'ready'},
    l: {name: 'leaving: the guest waits', color: 'leaving'},
    m: {name: 'guest-owned and mapped', color: 'mapped'},
  };

  const plugs = run => run.withhold === 'virtio-mem';

  /** What the run calls memory that is kept from the guest. */
  const withheld = run => plugs(run) ? 'not plugged' : 'ballooned';

  function statesOf(run) {
    return plugs(run) ? {...STATES, b: {name: 'not plugged', color: 'ballooned'},
      r: {name: 'not plugged, and mapped already', color: 'ready'}} : STATES;
  }

  function linesOf(run) {
    return LINES.map(line => line.key === 'ballooned' ? {...line, name: withheld(run)} : line);
  }

  function milestones(run, record) {
    const timeline = run.timeline;
    const serve = data.kind === 'serve';
    const driver = record.driverNanos ?? timeline.driverUpNanos;
    const ballooned = run.inflate.messages > 0;
    return [
      serve ? {nanos: timeline.memorySharedNanos, what: 'the guest shares its memory, mapping begins'}
        : {nanos: 0, what: 'the VMM starts, mapping begins'},
      driver !== null && driver !== undefined ? {nanos: driver, what: plugs(run) ? 'the virtio-mem driver loads' : 'the balloon driver loads'} : null,
      ballooned && 'inflatedNanos' in timeline
        ? {nanos: timeline.inflatedNanos, what: 'the balloon is inflated'} : null,
      {nanos: timeline.dmaReadyNanos, what: 'the gate opens: ready for DMA'},
      {nanos: timeline.fullyMappedNanos, what: 'all memory is mapped'},
      ballooned ? {nanos: timeline.balloonEmptyNanos, what: 'the balloon is empty: the guest has all its memory'}
        : null,
      plugs(run)
        ? {nanos: run.timeline.pluggedNanos, what: 'all is plugged: the guest has all its memory'} : null,
    ].filter(Boolean).sort((a, b) => (a.nanos ?? Infinity) - (b.nanos ?? Infinity));
  }

  function endOf(run, record) {
    return Math.max(1, record.samples.nanos.at(-1) ?? 0,
      ...milestones(run, record).map(milestone => milestone.nanos ?? 0));
  }

  /** What of a run is in view: all of it, or its beginning, if that is where much happens in little room. */
  function viewOf(run, record) {
    const end = endOf(run, record);
    const opening = 2 * (run.timeline.dmaReadyNanos ?? end);
    return {end, whole: end, opening: opening > 0 && opening < end / 3 ? opening : null};
  }

  function switcher(view, redraw) {
    if (view.opening === null) return null;
    const buttons = [['all of it', view.whole], ['until the gate opens, and as long again', view.opening]].map(([name, end]) => {
      const button = element('button', {type: 'button', 'aria-pressed': String(view.end === end)}, name);
      button.addEventListener('click', () => {
        view.end = end;
        for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
        redraw();
      });
      return button;
    });
    return element('div', {class: 'switch', role: 'group', 'aria-label': 'What the charts show'}, buttons);
  }

  function tiles(entries) {
    return element('dl', {class: 'tiles'}, entries.map((entry, index) =>
      element('div', {class: `tile${index === 0 ? ' first' : ''}${entry.bad ? ' bad' : ''}`},
        element('dt', {}, entry.name), element('dd', {}, entry.value))));
  }

  function summary(run, record) {
    const deflate = run.deflate;
    const waits = record.waits.length > 0;
    return tiles([
      {name: 'until the device may do DMA', value: time(run.timeline.dmaReadyNanos),
        bad: run.timeline.dmaReadyNanos === null},
      {name: 'until all memory is mapped', value: time(run.timeline.fullyMappedNanos)},
      run.map.bytesAtGate !== undefined
        ? {name: 'mapped when the gate opened', value: size(run.map.bytesAtGate)} : null,
      deflate.pages ? {name: 'of what the guest took back was mapped in advance',
        value: percent(deflate.preMappedPages, deflate.pages)} : null,
      waits ? {name: 'the longest that a deflate waited', value: time(deflate.ackNanosMax)} : null,
      run.violations !== undefined ? {name: 'breaches of the rules, seen by the observer',
        value: grouped(run.violations), bad: run.violations > 0} : null,
    ].filter(Boolean));
  }

  function lead(run) {
    return [
      run.strategy,
      plugs(run) ? `${size(run.residentBytes)} from the start, the rest by virtio-mem` : null,
      !plugs(run) && run.balloonPageBytes ? `balloon pages of ${size(run.balloonPageBytes)}` : null,
      !plugs(run) && run.residentBytes !== null ? `${size(run.residentBytes)} never ballooned` : null,
      `mapper ${run.mapper}`, `guest ${run.guest}`,
      run.seed !== undefined && data.kind === 'boot' ? `seed ${run.seed}` : null,
    ].filter(Boolean).join(' · ');
  }

  function headline(run) {
    const memory = run.memoryBytes === null ? 'A guest that shared no memory' : `${size(run.memoryBytes)} of memory`;
    return run.timeline.dmaReadyNanos === null ? `${memory}, and the gate never opened`
      : `${memory}, ready for DMA after ${time(run.timeline.dmaReadyNanos)}`;
  }

  function bar(kind, from, to, end, what) {
    const left = from / end * 100;
    return to <= from || left >= 100 ? null : element('div', {class: `bar ${kind}`, title: what,
      style: {left: `${left}%`, width: `${Math.min(to / end * 100, 100) - left}%`}});
  }

  function gateBars(record, whole, end) {
    const bars = [];
    let from = 0;
    let open = false;
    for (const move of [...record.gate, {nanos: whole, open: null}]) {
      bars.push(bar(open ? 'open' : 'waits', from, move.nanos, end,
        `${open ? 'the device may do DMA' : 'the device waits'}: ${time(from)} to ${time(move.nanos)}`));
      from = move.nanos;
      open = move.open;
    }
    return bars;
  }

  function ticks(end) {
    const unit = timeUnit(end);
    const rough = end / unit.nanos / 5;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find(factor => factor * power >= rough) * power;
    const marks = [];
    for (let at = 0; at <= end / unit.nanos * 1.0001; at += step) {
      const share = at * unit.nanos / end;
      marks.push(element('span', {class: share > 0.96 ? 'last' : '', style: {left: `${Math.min(100, share * 100)}%`}},
        `${Number(at.toPrecision(6))} ${unit.name}`));
    }
    return element('div', {class: 'ticks', 'aria-hidden': 'true'}, marks);
  }

  function lane(name, bars) {
    return [element('div', {class: 'lane-name'}, name), element('div', {class: 'lane'}, bars)];
  }

  function lanes(run, record, view) {
    const {end, whole} = view;
    const at = run.timeline;
    const start = at.memorySharedNanos ?? 0;
    const mapped = at.fullyMappedNanos ?? whole;
    const driver = record.driverNanos ?? at.driverUpNanos ?? null;
    const full = at.inflatedNanos ?? null;
    const empty = at.balloonEmptyNanos ?? whole;
    const drawn = [
      ...lane('DMA', gateBars(record, whole, end)),
      ...lane('mapping', [bar('maps', start, mapped, end, `memory is mapped: ${time(start)} to ${time(mapped)}`)]),
    ];
    if (run.inflate.messages > 0) {
      const held = full ?? driver ?? 0;
      drawn.push(...lane('balloon', [
        driver !== null && full !== null ? bar('fills', driver, full, end,
          `the balloon fills: ${time(driver)} to ${time(full)}`) : null,
        bar('holds', held, empty, end, `the balloon holds memory: ${time(held)} to ${time(empty)}`)]));
    }
    if (plugs(run) && run.plug.requests > 0) {
      const last = at.pluggedNanos ?? whole;
      drawn.push(...lane('virtio-mem', [bar('holds', driver ?? 0, last, end,
        `the guest plugs memory: ${time(driver ?? 0)} to ${time(last)}`)]));
    }
    return [...drawn, element('div', {class: 'corner'}), ticks(end)];
  }

  function timeline(run, record, view, buttons) {
    const seen = milestones(run, record);
    const box = element('div', {class: 'lanes', role: 'img', 'aria-label':
      `Timeline. ${seen.map(one => `${time(one.nanos)}: ${one.what}`).join('. ')}.`});
    const draw = () => box.replaceChildren(...lanes(run, record, view));
    draw();
    box.addEventListener('redraw', draw);
    const swatch = (kind, name) => element('li', {}, element('span', {class: `swatch ${kind}`}), name);
    return section('Timeline', null, buttons, box,
      element('ul', {class: 'legend'}, swatch('waits', 'DMA waits'), swatch('open', 'DMA may happen; memory is mapped'),
        run.inflate.messages > 0 ? [swatch('fills', 'the balloon fills'), swatch('holds', 'the balloon holds memory')] : null,
        plugs(run) && run.plug.requests > 0 ? swatch('holds', 'the guest plugs memory') : null),
      element('ol', {class: 'events'}, seen.map(one =>
        element('li', {}, element('time', {}, time(one.nanos)), element('span', {}, one.what)))));
  }

  /** A vertical line where the gate opened, in charts over time. */
  function gateMarks(record, unit) {
    return plot => {
      const {ctx, bbox} = plot;
      ctx.save();
      ctx.strokeStyle = color('ink');
      ctx.fillStyle = color('ink');
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
      ctx.font = `${12 * devicePixelRatio}px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif`;
      for (const [index, move] of record.gate.slice(0, 12).entries()) {
        const x = Math.round(plot.valToPos(move.nanos / unit.nanos, 'x', true));
        if (x < bbox.left || x > bbox.left + bbox.width) continue;
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
        if (index === 0) {
          const right = x < bbox.left + bbox.width * 0.7;
          ctx.textAlign = right ? 'left' : 'right';
          ctx.textBaseline = 'bottom';
          ctx.fillText('gate opens', x, bbox.top - 3 * devicePixelRatio);
        }
      }
      ctx.restore();
    };
  }

  const LINES = [
    {key: 'mapped', name: 'mapped', color: 'mapped', dash: ''},
    {key: 'ballooned', name: 'ballooned', color: 'ballooned', dash: ''},
    {key: 'owned', name: 'guest-owned', color: 'ink', dash: 'dashed'},
  ];

  function overTime(run, record, key, view) {
    const end = view.whole;
    const unit = timeUnit(end);
    const samples = record.samples;
    const total = run.memoryBytes;
    const scale = 1024 ** magnitude(total);
    const owned = samples.mappedBytes.map((_, i) => total - samples.balloonedBytes[i] - samples.leavingBytes[i]);
    const last = samples.nanos.length - 1;
    const held = list => [...list, list[last]].map(bytes => bytes / scale);
    const values = [[...samples.nanos, end].map(nanos => nanos / unit.nanos),
      held(samples.mappedBytes), held(samples.balloonedBytes), held(owned)];
    const readout = element('p', {class: 'readout'});
    const tell = index => {
      const i = index ?? values[0].length - 1;
      const words = [`at ${time(values[0][i] * unit.nanos)}: `];
      linesOf(run).forEach((line, n) => words.push(n ? ', ' : '',
        element('b', {}, size(Math.round(values[n + 1][i] * scale))), ` ${line.name}`));
      readout.replaceChildren(...words);
    };
    tell(null);
    const options = width => ({
      width, height: Math.round(Math.min(320, Math.max(230, width * 0.4))), pxAlign: false,
      padding: [18, 10, 0, 0],
      cursor: {sync: {key}, drag: {x: true, y: false}, points: {size: 7}},
      scales: {x: {time: false, range: (_, low, high) => zoomed(view, unit, low, high)}, y: {range: [0, total / scale * 1.02]}},
      axes: [
        axis({values: (_, splits) => splits.map(at => `${Number(at.toPrecision(6))} ${unit.name}`), space: 60}),
        axis({size: 62, splits: () => steps(total, width).map(bytes => bytes / scale),
          values: (_, splits) => splits.map(at => at === 0 ? '0' : size(at * scale))}),
      ],
      series: [{}, ...linesOf(run).map(line => ({
        label: line.name, stroke: color(line.color), width: 2.25, points: {show: false},
        dash: line.dash === 'dashed' ? [6, 5] : undefined,
        fill: line.key === 'ballooned' ? `${color('ballooned')}26` : undefined,
        paths: uPlot.paths.stepped({align: 1}),
      }))],
      hooks: {draw: [gateMarks(record, unit)], setCursor: [plot => tell(plot.cursor.idx)]},
    });
    return section('Memory over time', `What is mapped for the device, what ${
      plugs(run) ? 'the guest has not plugged' : 'the balloon holds'}, and what the guest may use. ${
      samples.nanos.length} samples.`, legend(linesOf(run)),
      chart(`Memory over time. At the end ${size(samples.mappedBytes[last])} of ${size(total)} are mapped and ${
        size(samples.balloonedBytes[last])} are ${withheld(run)}.`, options, values), readout);
  }

  /** Takes a column apart: a letter for each row, from the lowest address up. */
  function letters(column) {
    return column.replace(/([a-z])(\d+)/g, (_, letter, times) => letter.repeat(Number(times)));
  }

  function pixels(columns, rows) {
    const image = document.createElement('canvas');
    image.width = columns.length;
    image.height = rows;
    const ctx = image.getContext('2d');
    const fills = Object.fromEntries(Object.entries(STATES).map(([letter, state]) => [letter, color(state.color)]));
    columns.forEach((column, x) => {
      for (let row = 0; row < rows; row++) {
        ctx.fillStyle = fills[column[row]];
        ctx.fillRect(x, rows - 1 - row, 1, 1);
      }
    });
    return image;
  }

  /** The guest-physical address of a byte of RAM that is so far from the start of all RAM. */
  function addressOf(offset, regions) {
    let before = 0;
    for (const region of regions) {
      if (offset < before + region.bytes) return region.start + offset - before;
      before += region.bytes;
    }
    const last = regions.at(-1);
    return last.start + last.bytes;
  }

  /** Round sizes up to a size: as many as an axis has room for. */
  function steps(bytes, width) {
    const step = 2 ** Math.floor(Math.log2(bytes / (width < 500 ? 3 : 5)));
    return Array.from({length: Math.floor(bytes / step) + 1}, (_, i) => i * step);
  }

  /** All that is in view, or less where the user has drawn a range. */
  function zoomed(view, unit, low, high) {
    const all = view.whole / unit.nanos;
    return low <= 0 && high >= all * 0.999 ? [0, view.end / unit.nanos] : [low, high];
  }

  /** How far from the start of all RAM an address is, or null in a hole. */
  function offsetOf(address, regions) {
    let before = 0;
    for (const region of regions) {
      if (address >= region.start && address < region.start + region.bytes) return before + address - region.start;
      before += region.bytes;
    }
    return null;
  }

  /** Round addresses of RAM. */
  function addresses(regions, width) {
    const last = regions.at(-1);
    return steps(last.start + last.bytes, width).filter(address => offsetOf(address, regions) !== null);
  }

  function picture(run, record, key, view) {
    const rows = record.picture.rows;
    if (!rows) return null;
    const end = view.whole;
    const unit = timeUnit(end);
    const total = run.memoryBytes;
    const scale = 1024 ** magnitude(total);
    const columns = record.picture.columns.map(letters);
    const nanos = record.samples.nanos;
    const readout = element('p', {class: 'readout'}, 'Point at the picture to read it.');
    const paint = plot => {
      const {ctx, bbox} = plot;
      ctx.save();
      ctx.beginPath();
      ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
      ctx.clip();
      ctx.imageSmoothingEnabled = false;
      const image = pixels(columns, rows);
      columns.forEach((_, i) => {
        const from = plot.valToPos(nanos[i] / unit.nanos, 'x', true);
        const to = plot.valToPos((nanos[i + 1] ?? end) / unit.nanos, 'x', true);
        const left = Math.round(from);
        ctx.drawImage(image, i, 0, 1, rows, left, bbox.top, Math.max(1, Math.round(to) - left), bbox.height);
      });
      let before = 0;
      ctx.strokeStyle = color('paper');
      ctx.lineWidth = 2 * devicePixelRatio;
      for (const region of record.regions.slice(0, -1)) {
        before += region.bytes;
        const y = Math.round(plot.valToPos(before / scale, 'y', true));
        ctx.beginPath();
        ctx.moveTo(bbox.left, y);
        ctx.lineTo(bbox.left + bbox.width, y);
        ctx.stroke();
      }
      ctx.restore();
    };
    const tell = plot => {
      const {left, top} = plot.cursor;
      if (left < 0 || top < 0) return;
      const at = plot.posToVal(left, 'x') * unit.nanos;
      let i = nanos.findLastIndex(sample => sample <= at);
      if (i < 0) i = 0;
      const offset = Math.min(total - 1, Math.max(0, plot.posToVal(top, 'y') * scale));
      const row = Math.min(rows - 1, Math.floor(offset / total * rows));
      const first = Math.floor(row * total / rows / 4096) * 4096;
      readout.replaceChildren(`at ${time(Math.round(nanos[i]))}, from 0x${addressOf(first, record.regions).toString(16)} on: `,
        element('b', {}, statesOf(run)[columns[i][row]].name));
    };
    const values = [[0, end / unit.nanos], [null, null]];
    const options = width => ({
      width, height: Math.round(Math.min(420, Math.max(270, width * 0.5))), pxAlign: false, padding: [18, 10, 0, 0],
      cursor: {sync: {key, scales: ['x', null]}, drag: {x: true, y: false}},
      scales: {x: {time: false, range: (_, low, high) => zoomed(view, unit, low, high)}, y: {range: [0, total / scale]}},
      axes: [
        axis({values: (_, splits) => splits.map(at => `${Number(at.toPrecision(6))} ${unit.name}`), space: 60, grid: {show: false}}),
        axis({size: 62, grid: {show: false},
          splits: () => addresses(record.regions, width).map(address => offsetOf(address, record.regions) / scale),
          values: () => addresses(record.regions, width).map(address => address === 0 ? '0' : size(address))}),
      ],
      series: [{}, {stroke: 'transparent', points: {show: false}}],
      hooks: {draw: [paint, gateMarks(record, unit)], setCursor: [tell]},
    });
    const holes = record.regions.length > 1
      ? ` A gap marks where one region of RAM ends and the next begins, at a higher address.` : '';
    return section('Guest memory, address by address',
      `Time runs to the right, guest-physical addresses upwards; a row is ${size(Math.round(total / rows))} and shows what most`
      + ` of it is. What leaves is shown however little it is.${holes}`,
      legend(Object.values(statesOf(run))),
      chart('Picture of guest memory: the state of each part at each time. The chart above has the same as totals.',
        options, values), readout);
  }

  function waits(run, record) {
    if (record.waits.length === 0) return null;
    const most = Math.max(...record.waits.map(bin => bin.messages));
    const width = messages => messages === 0 ? 0 : 4 + 96 * (most === 1 ? 1 : Math.log10(messages) / Math.log10(most));
    const name = (bin, index) => bin.upToNanos === 0 ? 'not at all' : bin.upToNanos === null ? 'longer'
      : `${index === 0 ? 'at most' : 'to'} ${time(bin.upToNanos).replace(/\.0+(?= )/, '')}`;
    const deflate = run.deflate;
    const long = deflate.ackNanosMax === 0 ? 'all at once'
      : `half within ${time(deflate.ackNanosP50)}, 99 % within ${time(deflate.ackNanosP99)}, all within ${time(deflate.ackNanosMax)}`;
    return section('How long deflates waited',
      `From when a message was there to be read until it was acknowledged: ${long}. Bars are as long as the logarithm of their number.`,
      element('table', {class: 'waits'},
        element('thead', {}, element('tr', {}, element('th', {scope: 'col', class: 'wait'}, 'waited'),
          element('th', {scope: 'col', 'aria-label': 'bar'}), element('th', {scope: 'col', class: 'count'}, 'messages'))),
        element('tbody', {}, record.waits.map((bin, index) => element('tr', {},
          element('th', {scope: 'row', class: 'wait'}, name(bin, index)),
          element('td', {class: 'bar-cell'}, element('div', {class: bin.messages ? 'fill' : 'fill none',
            style: {width: `${width(bin.messages)}%`}})),
          element('td', {class: 'count'}, grouped(bin.messages)))))));
  }

  // --- All figures, as --json prints them -------------------------------------------------------------

  function flat(value, path, found) {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      for (const [key, part] of Object.entries(value)) flat(part, path ? `${path}.${key}` : key, found);
    } else {
      found.push([path, value]);
    }
    return found;
  }

  function reading(path, value) {
    if (typeof value !== 'number') return '';
    if (/Nanos(P50|P99|Max)?$/.test(path)) return time(value);
    if (/bytes(AtGate)?$/i.test(path)) return size(value);
    if (/pages$/i.test(path)) return size(value * 4096);
    return '';
  }

  function figureTable(run, caption) {
    return element('div', {class: 'scroll'}, element('table', {class: 'figures'},
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, ...['figure', 'value', 'about'].map(name => element('th', {scope: 'col'}, name)))),
      element('tbody', {}, flat(run, '', []).map(([path, value]) => element('tr', {},
        element('th', {scope: 'row'}, path),
        element('td', {'data-figure': path}, value === null ? 'null' : typeof value === 'number' ? grouped(value) : String(value)),
        element('td', {}, reading(path, value)))))));
  }

  function sampleTable(run, record) {
    const samples = record.samples;
    const few = Math.ceil(samples.nanos.length / 24);
    const chosen = samples.nanos.map((_, i) => i).filter(i => i % few === 0 || i === samples.nanos.length - 1);
    return element('div', {class: 'scroll'}, element('table', {},
      element('caption', {}, 'Some of the samples that the charts are drawn of'),
      element('thead', {}, element('tr', {}, ...['time', 'mapped', withheld(run), 'leaving'].map(name => element('th', {scope: 'col'}, name)))),
      element('tbody', {}, chosen.map(i => element('tr', {}, element('th', {scope: 'row'}, time(samples.nanos[i])),
        element('td', {}, size(samples.mappedBytes[i])), element('td', {}, size(samples.balloonedBytes[i])),
        element('td', {}, size(samples.leavingBytes[i])))))));
  }

  function details(title, ...content) {
    return element('details', {}, element('summary', {}, title), ...content);
  }

  function runView(run, index) {
    const record = data.records[index];
    const title = headline(run);
    const key = `run-${index}`;
    const view = viewOf(run, record);
    const redraw = () => shown.querySelectorAll('.lanes, .chart').forEach(box => box.dispatchEvent(new Event('redraw')));
    const hasMemory = run.memoryBytes !== null && record.samples.nanos.length > 0;
    const shown = element('div', {class: 'run'},
      element('div', {class: 'kind'}, `Aerostat ${data.kind}`),
      element(index === 0 ? 'h1' : 'h2', index === 0 ? {} : {class: 'h1'}, title),
      element('p', {class: 'lead'}, lead(run)),
      summary(run, record),
      hasMemory ? [timeline(run, record, view, switcher(view, redraw)), overTime(run, record, key, view),
        picture(run, record, key, view), waits(run, record)] : null,
      section('All figures', 'Exactly what the command prints with --json.',
        details('Every figure', figureTable(run, title)),
        hasMemory ? details('The charts as a table', sampleTable(run, record)) : null));
    return shown;
  }

  // --- A comparison -----------------------------------------------------------------------------------

  const DASHES = [[], [7, 4], [2, 3], [10, 4, 2, 4], [2, 3], [], [5, 3]];
  const DASH_CLASSES = ['', 'dashed', 'dotted', 'dashed', 'dotted', '', 'dashed'];

  function comparison() {
    const names = Object.keys(data.variants);
    const memories = [...new Set(runs.map(run => run.memoryBytes))].sort((a, b) => a - b);
    const find = (memory, name) => runs.find(run => run.memoryBytes === memory && run.variant === name);
    const ready = (memory, name) => find(memory, name)?.timeline.dmaReadyNanos ?? null;
    const values = [memories.map(bytes => bytes / 2 ** 30), ...names.map(name =>
      memories.map(memory => ready(memory, name) === null ? null : ready(memory, name) / 1e9))];
    const times = values.slice(1).flat().filter(seconds => seconds > 0);
    const [first, last] = [values[0][0], values[0].at(-1)];
    const readout = element('p', {class: 'readout'});
    const tell = index => {
      const i = index ?? memories.length - 1;
      const words = [`${size(memories[i])}: `];
      names.forEach((name, n) => words.push(n ? ', ' : '', `${name} `, element('b', {}, time(ready(memories[i], name)))));
      readout.replaceChildren(...words);
    };
    tell(null);
    const options = width => ({
      width, height: Math.round(Math.min(460, Math.max(320, width * 0.52))), padding: [12, 16, 0, 0],
      cursor: {points: {size: 8}, drag: {x: false, y: false}},
      scales: {
        x: {time: false, distr: 3, log: 2, range: () => [first / 1.15, last * 1.15]},
        y: {distr: 3, log: 10, range: () => [Math.min(...times) / 1.6, Math.max(...times) * 1.6]},
      },
      axes: [
        axis({splits: () => memories.map(bytes => bytes / 2 ** 30), size: 44,
          values: (_, splits) => splits.map((at, i) => labelled(width, splits, i) ? size(at * 2 ** 30) : null)}),
        axis({size: 62, values: (_, splits) => splits.map(at => Math.abs(Math.log10(at) % 1) < 1e-9 || times.length < 3
          ? time(Math.round(at * 1e9)).replace(/\.0+(?= )/, '') : null)}),
      ],
      series: [{}, ...names.map((name, n) => ({
        label: name, stroke: color(`s${n}`), width: 2.5, dash: DASHES[n], spanGaps: false,
        points: {show: true, size: 7, fill: n % 2 ? color('paper') : color(`s${n}`), stroke: color(`s${n}`), width: 2},
      }))],
      hooks: {setCursor: [plot => tell(plot.cursor.idx)]},
    });
    return [
      times.length === 0 ? null : section('Time until the guest may do DMA', 'Both axes are logarithmic: a straight line that rises is a time that grows with memory.',
        legend(names.map((name, n) => ({name, color: `s${n}`, dash: DASH_CLASSES[n]}))),
        chart('Chart of the time until the guest may do DMA against the size of its memory, a line for each way; the table below has its numbers.',
          options, values), readout),
      section('The same as a table', 'How many times sooner than sync stands beside each time.',
        comparedTable(names, memories, find), meanings(), footnotes(names, memories, find)),
      section('All figures', 'Exactly what the command prints with --json, an object for each run.',
        memories.map(memory => details(`Every figure with ${size(memory)}`,
          runs.filter(run => run.memoryBytes === memory)
            .map(run => figureTable(run, `${run.variant} with ${size(run.memoryBytes)}`))))),
    ];
  }

  /** On a narrow screen labels that would touch are left out, the last never. */
  function labelled(width, splits, index) {
    const room = (width - 90) / Math.max(1, Math.log2(splits.at(-1) / splits[0]));
    for (let next = splits.length - 1, shown = Infinity; next >= index; next--) {
      const at = Math.log2(splits[next]);
      const fits = (shown - at) * room > 58;
      if (next === index) return fits;
      if (fits) shown = at;
    }
    return true;
  }

  function comparedTable(names, memories, find) {
    return element('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Times as a table'},
      element('table', {class: 'compared'},
        element('thead', {}, element('tr', {}, element('th', {scope: 'col'}, 'memory'), names.map((name, n) =>
          element('th', {scope: 'col'}, element('span', {class: `stroke ${DASH_CLASSES[n]}`, style: {borderColor: `var(--s${n})`}}), name)))),
        element('tbody', {}, memories.map(memory => {
          const sync = find(memory, names[0])?.timeline.dmaReadyNanos ?? null;
          const best = Math.min(...names.map(name => find(memory, name)?.timeline.dmaReadyNanos ?? Infinity));
          return element('tr', {}, element('th', {scope: 'row'}, size(memory)), names.map((name, n) => {
            const run = find(memory, name);
            const nanos = run?.timeline.dmaReadyNanos ?? null;
            if (!run) return element('td', {}, '');
            if (nanos === null) return element('td', {}, run.infeasible ? 'infeasible' : 'never');
            return element('td', {class: nanos === best ? 'best' : '', 'data-nanos': nanos}, time(nanos),
              n > 0 && sync !== null && nanos > 0 ? element('small', {}, `${threeDigits(sync / nanos)}×`) : null);
          }));
        }))));
  }

  function meanings() {
    return element('dl', {class: 'meanings'}, Object.entries(data.variants).map(([name, meaning]) =>
      [element('dt', {}, name), element('dd', {}, meaning)]));
  }

  function footnotes(names, memories, find) {
    return names.map(name => memories.map(memory => find(memory, name)).find(run => run?.infeasible))
      .filter(Boolean).map(run => element('p', {class: 'hint'}, `${run.variant} with ${size(run.memoryBytes)} cannot be: ${run.infeasible}`));
  }

  // --- The whole page ---------------------------------------------------------------------------------

  function footer() {
    return element('footer', {},
      element('h2', {}, 'Where this comes from'),
      element('pre', {}, data.command),
      data.sources.map(source => element('p', {}, source)),
      element('p', {}, `Written ${data.written.replace('T', ' ').replace('Z', ' UTC')} by aerostat ${data.release} on Java ${
        data.java}. The page asks the network for nothing. Charts are drawn by uPlot (MIT licence, in this page's source).`));
  }

  function compareHeadline() {
    const sizes = [...new Set(runs.map(run => run.memoryBytes))].sort((a, b) => a - b);
    const largest = runs.filter(run => run.memoryBytes === sizes.at(-1) && run.timeline.dmaReadyNanos !== null);
    const sync = largest.find(run => run.variant === 'sync');
    const best = largest.reduce((a, b) => b.timeline.dmaReadyNanos < a.timeline.dmaReadyNanos ? b : a, largest[0]);
    return sync && best && best !== sync
      ? `${size(sizes.at(-1))} ready for DMA after ${time(best.timeline.dmaReadyNanos)} with ${best.variant}, ${
        time(sync.timeline.dmaReadyNanos)} with sync`
      : 'Time until the guest may do DMA';
  }

  function problems() {
    return data.problems.map(problem => element('p', {class: 'notice', role: 'alert'}, `Failed: ${problem}`));
  }

  if (data.kind === 'compare') {
    const title = compareHeadline();
    document.title = `${title} · Aerostat`;
    page.append(element('div', {class: 'kind'}, 'Aerostat compare'), element('h1', {}, title),
      element('p', {class: 'lead'}, 'Guests of several sizes, booted in several ways: when may the device that is passed through do DMA?'),
      ...problems(),
      ...comparison().filter(Boolean), footer());
  } else {
    document.title = `${headline(runs[0])} · Aerostat`;
    page.append(...runs.map(runView), footer());
    page.querySelector('.lead').after(...problems());
  }
})();
