// The intake card above the composer: how a file was read, and the choices that read it in another way.
fabrix.intake = (() => {
  const { T, h } = fabrix;
  const ENCODINGS = ['utf-8', 'cp949', 'utf-16-le', 'utf-16-be', 'shift_jis', 'euc_jp', 'gb18030', 'big5', 'cp1252', 'cp1250', 'cp1251',
    'iso8859-1', 'iso8859-15'];
  const SEPARATORS = [',', ';', '\t', '|', ' ', ':', '~', '^'];
  const NAMED = { '\t': 'page.card_tab', ' ': 'page.card_space' };
  const LINES = 12; // that are offered as header rows
  const RETRIES = 5;

  let element = null;
  let actions = {};
  let file = null;      // {file_id, name, size} whose card is shown
  let known = null;     // {card, choice} once it has been read
  let retries = false;  // whether it may be read if it is tried again
  let wanted = null;    // the choice that is being read
  let problem = '';     // why it can't be read, or not in the way that was chosen
  let busy = false;
  let open = false;     // the details
  let ticket = 0;       // counts what was asked for: answers that come too late are not shown

  const pause = (seconds) => new Promise((resolve) => { setTimeout(resolve, 1000 * seconds); });
  const count = (number) => number.toLocaleString(fabrix.language);
  const share = (part) => part.toLocaleString(fabrix.language, { style: 'percent', maximumFractionDigits: 1 });
  const separatorName = (separator) => (NAMED[separator] ? T(NAMED[separator]) : separator);

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
      ? T('page.card_line', { line: card.header_lines.join(', ') }) : T('page.card_no_header');
    return select('header', {
      found,
      chosen: choice.header,
      options: [['0', T('page.card_no_header')],
        ...withChosen(lines, choice.header || null).map((line) => [String(line), T('page.card_line', { line })])],
      act: (line) => choose({ header: line === null ? null : Number(line) }),
    });
  };

  const choices = () => {
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
      ? text : `${text} (${T('page.card_line', { line: lines })})`));
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
    element.hidden = !file;
    if (!file) return element.replaceChildren();
    const focused = element.contains(document.activeElement) ? document.activeElement.dataset.choice : null;
    element.replaceChildren(...[
      h('header', {},
        h('strong', {}, file.name),
        h('span', { class: 'facts' }, known ? facts(known.card) : ''),
        busy ? h('span', { class: 'reading', role: 'status' }, h('span', { class: 'spinner', 'aria-hidden': 'true' }),
          T('page.card_reading')) : null,
        known && hasDetails(known.card) ? detailsButton(known.card) : null,
        h('button', { type: 'button', class: 'action remove', 'aria-label': T('page.card_dismiss'),
          title: T('page.card_dismiss'), onclick: () => { hide(); actions.dismissed(); } })),
      problem ? h('p', { class: 'problem', role: 'alert' }, problem) : null,
      problem && retries
        ? h('button', { type: 'button', class: 'again', onclick: () => choose({}) }, T('page.card_again')) : null,
      known ? personal(known.card) : null,
      known ? choices() : null,
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

  const told = (error) => {
    if (!(error instanceof fabrix.Refused)) throw error;
    if (error.status === 401 || error.status === 404) return hide();
    if (error.body?.error === 'file_unusable') {
      const refusedFile = file;
      hide();
      return actions.unusable(refusedFile, error.sentence);
    }
    problem = error.sentence;
    retries = !known && error.body?.error === 'file_not_read';
    return undefined;
  };

  /** Run one request at a time; what was asked for last is what is shown. */
  const shown = async (work) => {
    ticket += 1;
    const mine = ticket;
    const isCurrent = () => mine === ticket;
    busy = true;
    problem = '';
    draw();
    try {
      const answer = await work(isCurrent);
      if (isCurrent() && answer) known = answer;
    } catch (error) {
      if (isCurrent()) told(error);
    }
    if (!isCurrent()) return;
    busy = false;
    draw();
    if (known && !problem) {
      fabrix.announce(T('page.card_read', { name: file.name, shape: shape(known.card) }));
      actions.read(file, known.card);
    }
  };

  /** Two choices in a row hold together, even if the second one comes before the first has been read. */
  const choose = (change) => {
    wanted = { ...(busy && wanted ? wanted : known?.choice), ...change };
    return shown(() => fabrix.api('PUT', `/api/files/${file.file_id}/card`, wanted));
  };

  /** Show the card of a file; the same file stays as it is. */
  const show = (given) => {
    if (file?.file_id === given.file_id) return;
    file = given;
    known = null;
    open = false;
    shown((isCurrent) => read(given.file_id, isCurrent));
  };

  const hide = () => {
    ticket += 1;
    file = null;
    known = null;
    busy = false;
    problem = '';
    draw();
  };

  const start = (given, root) => {
    actions = given;
    element = root;
    element.setAttribute('aria-label', T('page.card'));
  };

  return { start, show, hide, shows: (id) => file?.file_id === id };
})();
