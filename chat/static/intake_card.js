// The intake cards: how each file was read, shown above the composer for one of them, with the choices that read it in
// another way.
fabrix.intake = (() => {
  const { T, h } = fabrix;
  const ENCODINGS = ['utf-8', 'cp949', 'utf-16-le', 'utf-16-be', 'shift_jis', 'euc_jp', 'gb18030', 'big5', 'cp1252', 'cp1250', 'cp1251',
    'iso8859-1', 'iso8859-15'];
  const SEPARATORS = [',', ';', '\t', '|', ' ', ':', '~', '^'];
  const NAMED = { '\t': 'page.card_tab', ' ': 'page.card_space' };
  const LINES = 12; // that are offered as header rows
  const RETRIES = 5;

  const AS_NEW = {
    known: null,    // {card, choice} once it has been read
    retries: false, // whether it may be read if it is tried again
    wanted: null,   // the choice that is being read
    problem: '',    // why it can't be read, or not in the way that was chosen
    busy: false,
    ticket: 0,      // counts what was asked for: answers that come too late are not shown
  };
  const readings = new Map(); // by the file's id: the above, with its {file_id, name, size} as `file`

  let element = null;
  let actions = {};
  let shown = null;     // of these, the one whose card is shown
  let open = false;     // the details
  let lines = [1, 2, 3].map(() => Promise.resolve()); // what reads the cards that nobody looks at, three at a time

  const pause = (seconds) => new Promise((resolve) => { setTimeout(resolve, 1000 * seconds); });
  const count = (number) => number.toLocaleString(fabrix.language);
  const share = (part) => part.toLocaleString(fabrix.language, { style: 'percent', maximumFractionDigits: 1 });
  const separatorName = (separator) => (NAMED[separator] ? T(NAMED[separator]) : separator);

  /** "3", "4, 5" or "1–2" as the reader calls them. */
  const linesName = (lines) => T(/^\d+$/.test(lines) ? 'page.card_line' : 'page.card_lines', { line: lines });

  // The parts

  const option = (value, label, selected) => h('option', { value, selected }, label);

  /** A select that shows what was found or chosen; its first entry leaves it to the reading. */
  const select = (name, { found, chosen, options, act }) => {
    const auto = chosen === null && found ? T('page.card_automatic_found', { found }) : T('page.card_automatic');
    const box = h('select', { 'data-choice': name, onchange: () => act(box.value === '' ? null : box.value) },
      option('', auto, chosen === null), ...options.map(([value, label]) => option(value, label, String(chosen) === value)));
    return h('label', {}, h('span', {}, T(`page.card_${name}`)), box);
  };

  const withChosen = (values, chosen) => (chosen === null || values.includes(chosen) ? values : [chosen, ...values]);

  const encodingBox = ({ card, choice }) => select('encoding', {
    found: card.encoding,
    chosen: choice.encoding,
    options: withChosen(ENCODINGS, choice.encoding).map((name) => [name, name]),
    act: (encoding) => choose({ encoding }),
  });

  const separatorBox = ({ card, choice }) => select('separator', {
    found: card.separator && separatorName(card.separator),
    chosen: choice.separator,
    options: withChosen(SEPARATORS, choice.separator).map((separator) => [separator, separatorName(separator)]),
    act: (separator) => choose({ separator }),
  });

  const sheetBox = ({ card, choice }) => select('sheet', {
    found: card.sheet,
    chosen: choice.sheet,
    options: card.sheets.map(({ name, rows, columns: width }) => [name, `${name} (${count(rows)} × ${count(width)})`]),
    act: (sheet) => choose({ sheet, header: null }), // another sheet has another header
  });

  const headerBox = ({ card, choice }) => {
    const lines = Array.from({ length: LINES }, (_, index) => index + 1);
    const found = card.header_lines.length
      ? linesName(card.header_lines.join(', ')) : T('page.card_no_header');
    return select('header', {
      found,
      chosen: choice.header,
      options: [['0', T('page.card_no_header')],
        ...withChosen(lines, choice.header || null).map((line) => [String(line), T('page.card_line', { line })])],
      act: (line) => choose({ header: line === null ? null : Number(line) }),
    });
  };

  const choices = (known) => {
    const { card } = known;
    if (card.kind !== 'table') return null;
    const isText = ['CSV', 'TSV', 'Fixed width'].includes(card.format);
    const isSheet = ['Excel', 'OpenDocument'].includes(card.format);
    return h('div', { class: 'choices' },
      card.encoding ? encodingBox(known) : null,
      isText ? separatorBox(known) : null,
      card.sheets.length > 1 ? sheetBox(known) : null,
      isText || isSheet || card.format === 'HTML' ? headerBox(known) : null);
  };

  const shape = (card) => {
    if (card.kind === 'table') return T('page.card_shape', { rows: count(card.rows), columns: count(card.width) });
    return [card.pages ? T('page.card_pages', { count: count(card.pages) }) : '',
      T('page.card_characters', { count: count(card.characters) })].filter(Boolean).join(' · ');
  };

  const facts = (card) => [card.format, shape(card), fabrix.transcript.size(card.size),
    card.kind === 'document' ? card.encoding : null,
    card.sheet && card.sheets.length === 1 ? T('page.card_on_sheet', { name: card.sheet }) : null].filter(Boolean).join(' · ');

  const personal = (card) => {
    const columns = card.columns.filter((column) => column.personal);
    if (!columns.length) return null;
    const names = columns.slice(0, 5).map((column) => `${column.name} (${T(`page.card_personal_${column.personal}`)})`);
    if (columns.length > 5) names.push('…');
    return h('p', { class: 'personal' }, T('page.card_personal', { columns: names.join(', ') }));
  };

  const scrolling = (name, table) => h('div', { class: 'scrolling', role: 'region', tabindex: '0', 'aria-label': name },
    h('table', {}, h('caption', {}, name), ...table));

  const numeric = ({ kind }) => (kind === 'number' ? 'number' : null);

  const preview = (card) => {
    if (!card.preview.length) return null;
    return scrolling(T('page.card_preview'), [
      h('thead', {}, h('tr', {}, ...card.columns.map((column) => h('th', { scope: 'col', class: numeric(column) }, column.name)))),
      h('tbody', {}, ...card.preview.map((row) => h('tr', {}, ...row.map((cell, index) => h('td',
        { class: numeric(card.columns[index]) }, cell))))),
    ]);
  };

  const marks = (card, column) => [
    card.keys.includes(column.name) ? h('span', { class: 'mark' }, T('page.card_key')) : null,
    column.personal ? h('span', { class: 'mark bad' }, T(`page.card_personal_${column.personal}`)) : null,
  ];

  const columns = (card) => {
    if (!card.columns.length) return null;
    const heads = ['column', 'kind', 'examples', 'missing', 'distinct'];
    const head = (name) => h('th', { scope: 'col', class: ['missing', 'distinct'].includes(name) ? 'number' : null },
      T(`page.card_${name}`));
    const more = card.width - card.columns.length;
    return scrolling(T('page.card_columns'), [
      h('thead', {}, h('tr', {}, ...heads.map(head))),
      h('tbody', {}, ...card.columns.map((column) => h('tr', {},
        h('th', { scope: 'row' }, column.name, ...marks(card, column)),
        h('td', {}, T(`page.card_kind_${column.kind}`), column.unit ? ` (${column.unit})` : ''),
        h('td', {}, column.examples.join(' · ')),
        h('td', { class: 'number' }, column.missing ? share(column.missing_share) : '–'),
        h('td', { class: 'number' }, count(column.distinct)))),
      more ? h('tr', {}, h('td', { colspan: '5' }, T('page.card_more_columns', { count: count(more) }))) : null),
    ]);
  };

  const remarks = (card) => {
    const told = card.notes.map(({ text, lines }) => (!lines || text.includes(lines)
      ? text : `${text} (${linesName(lines)})`));
    if (card.duplicate_rows) told.push(T('page.card_duplicates', { count: count(card.duplicate_rows) }));
    if (!told.length) return card.kind === 'table' ? h('p', { class: 'quiet' }, T('page.card_nothing_repaired')) : null;
    return h('div', {}, h('h3', {}, T('page.card_remarks')), h('ul', {}, ...told.map((sentence) => h('li', {}, sentence))));
  };

  const details = (card) => h('div', { class: 'details', id: 'intake-details', hidden: !open },
    remarks(card), columns(card), preview(card));

  const hasDetails = (card) => card.kind === 'table' || card.notes.length > 0;

  const detailsButton = (card) => {
    const remarked = card.notes.length + (card.duplicate_rows ? 1 : 0);
    const label = remarked ? T('page.card_details_remarks', { count: count(remarked) }) : T('page.card_details');
    return h('button', {
      type: 'button', class: 'toggle', 'aria-expanded': String(open), 'aria-controls': 'intake-details',
      onclick: () => { open = !open; draw(); element.querySelector('.toggle').focus(); },
    }, label);
  };

  const draw = () => {
    element.hidden = !shown;
    if (!shown) return element.replaceChildren();
    const { file, known, problem, busy, retries } = shown;
    const focused = element.contains(document.activeElement) ? document.activeElement.dataset.choice : null;
    element.replaceChildren(...[
      h('header', {},
        h('strong', {}, file.name),
        h('span', { class: 'facts' }, known ? facts(known.card) : ''),
        busy ? h('span', { class: 'reading', role: 'status' }, h('span', { class: 'spinner', 'aria-hidden': 'true' }),
          T('page.card_reading')) : null,
        known && hasDetails(known.card) ? detailsButton(known.card) : null,
        h('button', { type: 'button', class: 'action remove', 'aria-label': T('page.card_dismiss'),
          title: T('page.card_dismiss'), onclick: () => { hide(); actions.dismissed(file); } })),
      problem ? h('p', { class: 'problem', role: 'alert' }, problem) : null,
      problem && retries
        ? h('button', { type: 'button', class: 'again', onclick: () => choose({}) }, T('page.card_again')) : null,
      known ? personal(known.card) : null,
      known ? choices(known) : null,
      known ? details(known.card) : null,
    ].filter(Boolean));
    if (focused) element.querySelector(`[data-choice=${focused}]`)?.focus();
    return undefined;
  };

  // The work

  /** The card as soon as it has been made. */
  const read = async (id, isCurrent) => {
    for (let lost = 0; isCurrent();) {
      try {
        const answer = await fabrix.api('GET', `/api/files/${id}/card`);
        if (answer.state !== 'reading') return answer;
      } catch (error) {
        // A proxy's error or a server that restarts; everything else is an answer.
        if (![0, 502, 503, 504].includes(error.status) || lost === RETRIES) throw error;
        lost += 1;
        await pause(lost);
      }
    }
    return null;
  };

  /** What becomes of a file that was not read, or not as was chosen. */
  const refuse = (reading, error) => {
    if (!(error instanceof fabrix.Refused)) throw error;
    const isUnusable = error.body?.error === 'file_unusable';
    if (error.status === 401 || error.status === 404 || isUnusable) {
      readings.delete(reading.file.file_id);
      if (shown === reading) hide();
      if (isUnusable) actions.unusable(reading.file, error.sentence);
      return;
    }
    reading.problem = error.sentence;
    reading.retries = !reading.known && error.body?.error === 'file_not_read';
  };

  const changed = (reading) => {
    if (shown === reading) draw();
    actions.changed();
  };

  /** Run one request for a file at a time; what was asked for last is what holds. */
  const run = async (reading, work, { quietly = false } = {}) => {
    reading.ticket += 1;
    const mine = reading.ticket;
    const isCurrent = () => mine === reading.ticket;
    reading.busy = !quietly;
    reading.problem = '';
    changed(reading);
    try {
      const answer = await work(isCurrent);
      if (isCurrent() && answer) reading.known = answer;
    } catch (error) {
      if (isCurrent()) refuse(reading, error);
    }
    if (!isCurrent()) return;
    reading.busy = false;
    const { file, known, problem } = reading;
    if (known && !problem) {
      if (shown === reading) fabrix.announce(T('page.card_read', { name: file.name, shape: shape(known.card) }));
      actions.read(file, known.card);
    }
    changed(reading);
  };

  /** Two choices in a row hold together, even if the second one comes before the first has been read. */
  const choose = (change) => {
    const reading = shown;
    reading.wanted = { ...(reading.busy && reading.wanted ? reading.wanted : reading.known?.choice), ...change };
    return run(reading, () => fabrix.api('PUT', `/api/files/${reading.file.file_id}/card`, reading.wanted));
  };

  const readingOf = (file) => {
    if (!readings.has(file.file_id)) readings.set(file.file_id, { ...AS_NEW, file });
    return readings.get(file.file_id);
  };

  const readAnew = (reading, how) => run(reading, (isCurrent) => read(reading.file.file_id, isCurrent), how);

  /** Have the card of a file, unless it is there, or is on its way. */
  const learn = async (file) => {
    const reading = readingOf(file);
    if (!reading.known && !reading.problem && !reading.busy) await readAnew(reading);
  };

  /** Have the cards of files whose cards are not shown, too. */
  const survey = (files) => {
    for (const file of files) {
      const [first, ...others] = lines;
      lines = [...others, first.then(() => learn(file))];
    }
  };

  /** Show the card of a file; the same file stays as it is. */
  const show = (file) => {
    if (shows(file.file_id)) return;
    shown = readingOf(file);
    open = false;
    draw();
    if (shown.known && !shown.busy) readAnew(shown, { quietly: true }); // another tab may have chosen another reading
    else learn(file);
  };

  const hide = () => {
    shown = null;
    draw();
  };

  const shows = (id) => shown?.file.file_id === id;

  /** How far a file has been read: 'new', 'reading', 'read' or 'problem'. */
  const stateOf = (id) => {
    const { known, problem, busy } = readings.get(id) || AS_NEW;
    if (busy) return 'reading';
    if (known) return 'read';
    return problem ? 'problem' : 'new';
  };

  /** A file is gone: nothing more is asked about it. */
  const forget = (id) => {
    const reading = readings.get(id);
    if (!reading) return;
    reading.ticket += 1;
    readings.delete(id);
    if (shown === reading) hide();
  };

  const start = (given, root) => {
    actions = given;
    element = root;
    element.setAttribute('aria-label', T('page.card'));
  };

  return { start, show, hide, shows, survey, stateOf, forget };
})();
