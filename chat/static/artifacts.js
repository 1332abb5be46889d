// What an answer made besides text, as it stands beneath it: charts, tables, how it was computed, what to ask next.
fabrix.artifacts = (() => {
  const { T, h, buttons } = fabrix;
  const FORMATS = { png: 'PNG', svg: 'SVG', csv: 'CSV', xlsx: 'Excel' };
  const MOST_QUESTIONS = 3;
  const unfolded = new Set(); // the ids of the answers whose computation is being read

  const count = (number) => number.toLocaleString(fabrix.language);

  const downloads = (artifact) => artifact.formats.map((format) => h('a', {
    class: 'download', href: `/files/${artifact.file_id}?format=${format}`, download: '',
    'aria-label': T('page.save_as', { title: artifact.title, format: FORMATS[format] }),
    title: T('page.save_as', { title: artifact.title, format: FORMATS[format] }),
  }, FORMATS[format]));

  const picture = (artifact, more = {}) => h('img', {
    src: `/files/${artifact.file_id}`, alt: artifact.title, ...more });

  const chart = (artifact, loaded) => h('figure', { class: 'chart' },
    picture(artifact, { onload: loaded, onclick: () => enlarge(artifact) }),
    h('figcaption', {}, ...downloads(artifact),
      buttons.button('page.enlarge', () => enlarge(artifact), `${T('page.enlarge')}: ${artifact.title}`)));

  /** The chart as large as the window; what doesn't fit is scrolled to. */
  const enlarge = (artifact) => {
    const dialog = h('dialog', { class: 'fabrix-dialog chart-dialog', 'aria-label': artifact.title },
      h('div', { class: 'chart-head' }, ...downloads(artifact), buttons.button('page.close', () => dialog.close())),
      h('div', { class: 'chart-room', tabindex: '0', role: 'group', 'aria-label': artifact.title }, picture(artifact)));
    dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
    fabrix.dialogs.open(dialog);
  };

  const rows = (number) => T('page.rows', { rows: count(number) });

  const table = (artifact) => h('li', {},
    h('span', { class: 'table-title', title: artifact.title }, artifact.title),
    h('span', { class: 'quiet' }, rows(artifact.rows)), ...downloads(artifact));

  const tables = (artifacts) => (artifacts.length
    ? h('ul', { class: 'tables', 'aria-label': T('page.tables') }, ...artifacts.map(table)) : null);

  const fact = (name, value) => (value ? [h('dt', {}, T(name)), h('dd', {}, value)] : []);

  const code = (name, text) => (text
    ? h('section', { class: 'code', 'aria-label': T(name) },
      h('p', {}, T(name), buttons.copy(text, `${T('page.copy')}: ${T(name)}`)),
      h('pre', { tabindex: '0', 'aria-label': T(name) }, h('code', {}, text)))
    : null);

  /** How an answer was computed, as open as the reader left it. */
  const work = (id, told) => {
    if (!told) return null;
    const used = T('page.rows_of', { used: count(told.rows_used), rows: count(told.rows) });
    return h('details', {
      class: 'work', open: unfolded.has(id),
      ontoggle: ({ target }) => {
        if (target.open) unfolded.add(id);
        else unfolded.delete(id);
      },
    }, h('summary', {}, T('page.how_computed')),
    h('dl', {}, ...fact('page.work_columns', told.columns.join(', ')), ...fact('page.work_conditions', told.conditions),
      ...fact('page.work_rows', used)),
    code('page.work_sql', told.sql), code('page.work_code', told.code));
  };

  const suggestions = (questions, ask) => (questions.length
    ? h('div', { class: 'suggestions', role: 'group', 'aria-label': T('page.suggestions') },
      h('p', { 'aria-hidden': 'true' }, T('page.suggestions')),
      ...questions.slice(0, MOST_QUESTIONS).map((question) => h('button', {
        type: 'button', class: 'example', onclick: () => ask(question) }, question)))
    : null);

  return { chart, tables, work, suggestions };
})();
