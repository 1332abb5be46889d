// Control totals beneath an answer about a table: computed by the server without any model, and what differs from them.
fabrix.totals = (() => {
  const { T, h, api } = fabrix;
  const LOOKS = [1, 2, 4, 8, 15, 30]; // seconds between the looks for totals that come after their answer
  const RECENT = 10 * 60 * 1000;      // an older answer without totals never gets any

  const number = (value) => (value === null ? '' : value.toLocaleString(fabrix.language, { maximumFractionDigits: 6 }));

  /** A mean is rounded for the eye; sums and single values are exact. */
  const shown = (key, value) => (key === 'mean' && Math.abs(value) >= 100 ? number(Math.round(100 * value) / 100) : number(value));

  /** The columns with the running numbers last: their sums say nothing. */
  const telling = ({ columns, distinct, rows }) => {
    const counts = new Map(distinct.map(({ name, count }) => [name, count]));
    const runs = ({ name, min, max }) => rows > 1 && counts.get(name) === rows && max - min === rows - 1;
    return [...columns.filter((one) => !runs(one)), ...columns.filter(runs)];
  };

  const meaning = ({ statistic, column }) => (
    statistic === 'rows' ? T('totals.rows_label') : `${column} · ${T(`totals.${statistic}`)}`);

  const row = (kind, cells) => h('tr', {}, ...cells.map((cell, at) => (
    h(at === 0 || kind === 'th' ? 'th' : 'td', { scope: kind === 'th' ? 'col' : at === 0 ? 'row' : null }, cell))));

  const table = (names, rows) => h('div', { class: 'scrolled', tabindex: '0', role: 'group', 'aria-label': names[0] },
    h('table', {}, h('thead', {}, row('th', names)), h('tbody', {}, ...rows.map((cells) => row('td', cells)))));

  const difference = (one) => h('li', {}, T('totals.difference', {
    what: meaning(one), told: one.told, computed: number(one.computed) }));

  /** The folded line and its tables; null where there are no totals. */
  const beneath = ({ totals, state }) => {
    if (!totals || state === 'running' || state === 'waiting') return null;
    const { columns, distinct, differing } = totals;
    const line = [T('totals.line', { rows: number(totals.rows) }),
      ...telling(totals).slice(0, 2).map(({ name, sum }) => T('totals.sum_of', { name, sum: number(sum) }))].join(' · ');
    const sums = columns.length ? table(
      [T('totals.column'), ...['sum', 'mean', 'min', 'max', 'count'].map((key) => T(`totals.${key}`))],
      columns.map((one) => [one.unit ? `${one.name} (${one.unit})` : one.name,
        ...['sum', 'mean', 'min', 'max', 'count'].map((key) => shown(key, one[key]))])) : null;
    const keys = distinct.length ? table([T('totals.column'), T('totals.distinct')],
      distinct.map(({ name, count }) => [name, number(count)])) : null;
    return h('section', { class: 'totals', 'aria-label': T('totals.title') },
      differing.length ? h('div', { class: 'differing' },
        h('p', {}, h('span', { 'aria-hidden': 'true' }, '⚠ '), T('totals.differing', { count: differing.length })),
        h('ul', {}, ...differing.map(difference))) : null,
      h('details', {},
        h('summary', {}, line, totals.agreeing && !differing.length
          ? h('span', { class: 'agreeing' }, ` ✓ ${T('totals.agreeing', { count: totals.agreeing })}`) : null),
        h('p', {}, T('totals.how', { file: totals.file })),
        totals.total_row ? h('p', {}, T('totals.total_row')) : null, sums, keys));
  };

  /** Underline the differing numbers where they stand, by a highlight: nothing of what Gradio has drawn is changed. */
  const mark = (drawn, rows) => {
    if (!CSS.highlights) return;
    const ranges = [];
    drawn.forEach((element, index) => {
      const { entry, part } = rows[index] || {};
      if (part !== 'answer') return;
      for (const { told } of entry.totals?.differing || []) ranges.push(...places(element, told));
    });
    if (ranges.length) CSS.highlights.set('differing-total', new Highlight(...ranges));
    else CSS.highlights.delete('differing-total');
  };

  /** Where a number stands in an answer, when it stands there once: of several, one may be right. */
  const places = (element, told) => {
    const found = [];
    const walker = document.createTreeWalker(element.querySelector('[data-testid=bot]') || element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (let at = node.data.indexOf(told); at >= 0; at = node.data.indexOf(told, at + told.length)) {
        const around = (node.data[at - 1] || ' ') + (node.data[at + told.length] || ' ');
        if (/\d/.test(around)) continue; // a part of another number
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + told.length);
        found.push(range);
      }
    }
    return found.length === 1 ? found : [];
  };

  const mayCome = (entries) => {
    const last = entries.at(-1);
    return last?.role === 'assistant' && last.state === 'done' && !last.totals
      && entries.some((entry) => entry.file) && Date.now() - new Date(last.created_at) < RECENT ? last : null;
  };

  /** Look for the totals of the newest answer for a while, as long as `isShown`; `changed` when they have come. */
  const expect = async (entries, isShown, changed) => {
    const last = mayCome(entries);
    for (const seconds of last ? LOOKS : []) {
      await new Promise((resolve) => { setTimeout(resolve, 1000 * seconds); });
      if (!isShown()) return;
      try {
        last.totals = (await api('GET', `/api/messages/${last.id}/`)).totals;
      } catch (error) {
        if (!(error instanceof fabrix.Refused)) throw error;
        return; // what is missing here is shown when the conversation is opened again
      }
      if (last.totals && isShown()) {
        changed();
        return;
      }
    }
  };

  return { beneath, mark, expect };
})();
