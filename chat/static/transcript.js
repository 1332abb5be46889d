// The transcript: stored or live messages in, the Chatbot's value out, and beneath each message what belongs to it.
fabrix.transcript = (() => {
  const { T, h, literal, artifacts } = fabrix;
  const { button, copy } = fabrix.buttons;
  const SHOWN = 50; // messages; more take longer to draw than people wait
  let rows = [];    // what each row of the Chatbot shows, in order
  let leftOutUntil = null;
  let actions = {};
  let following = true;

  const log = () => document.querySelector('#transcript [role=log]');
  const message = (role, text, metadata = null) => (
    { role, content: [{ type: 'text', text }], metadata, options: null });
  const isLive = (entry) => entry.state === 'running' || entry.state === 'waiting';

  /** The Chatbot's value for these messages; those to the one with the id `until` don't go along any more. */
  const value = (entries, until = null) => {
    rows = [];
    leftOutUntil = until;
    const shown = [];
    for (const entry of entries) {
      if (entry.role === 'user') {
        rows.push({ entry, part: 'question' });
        shown.push(message('user', literal.plain(entry.content)));
        continue;
      }
      if (entry.thinking) {
        rows.push({ entry, part: 'thinking' });
        shown.push(message('assistant', literal.markdown(entry.thinking), { title: T('page.thoughts'), status: 'done' }));
      }
      rows.push({ entry, part: 'answer' });
      shown.push(message('assistant', literal.markdown(entry.content) || '\u00a0'));
    }
    return shown;
  };

  const size = (bytes) => {
    const units = ['B', 'KB', 'MB', 'GB'];
    let unit = 0;
    for (; bytes >= 1024 && unit < units.length - 1; unit += 1) bytes /= 1024;
    return `${unit && bytes < 10 ? bytes.toFixed(1) : Math.round(bytes)} ${units[unit]}`;
  };

  const versions = (entry) => {
    const at = entry.siblings ? entry.siblings.indexOf(entry.id) : -1;
    if (at < 0 || entry.siblings.length < 2) return null;
    const go = (step) => () => actions.choose(entry.siblings[at + step]);
    const earlier = button('page.earlier_version', go(-1));
    const later = button('page.later_version', go(1));
    earlier.disabled = at === 0;
    later.disabled = at === entry.siblings.length - 1;
    return h('span', { class: 'versions' }, earlier, h('span', {}, `${at + 1}/${entry.siblings.length}`), later);
  };

  const fileChip = (file) => h('a', { class: 'file', href: `/files/${file.file_id}`, download: file.name },
    h('span', { class: 'file-name' }, file.name), ` ${size(file.size)}`);

  const link = (artifact) => h('li', {}, artifact.url
    ? h('a', { href: artifact.url, target: '_blank', rel: 'noopener noreferrer' }, artifact.title || artifact.url)
    : artifact.title);

  /** For whoever waits in line: the choice to wait longer than usual. */
  const patience = (entry) => {
    if (!entry.inLine || !entry.turn_id) return null;
    if (entry.waitsLonger) return h('span', { class: 'quiet' }, T('page.waits_longer'));
    return h('button', { type: 'button', class: 'wait-longer', onclick: () => actions.waitLonger(entry) },
      T('page.wait_longer'));
  };

  /** The line that says how an answer is doing, or how it ended when it did not end well. */
  const stateLine = (entry) => {
    if (isLive(entry)) {
      return h('p', { class: 'state live' }, h('span', { class: 'spinner', 'aria-hidden': 'true' }),
        h('span', {}, entry.status || (entry.content ? T('page.answering') : T('page.thinking'))), patience(entry));
    }
    if (entry.state === 'failed') {
      const { notice, number } = entry.error || { notice: T('error.internal_error'), number: '' };
      return h('div', { class: 'state failed' }, notice, number ? h('span', { class: 'number' }, ` (${number})`) : null,
        fabrix.countdowns.line(entry.turn_id, actions.show));
    }
    if (entry.state === 'stopped') return h('p', { class: 'state stopped' }, T('page.stopped'));
    if (entry.state === 'interrupted') return h('p', { class: 'state interrupted' }, T('page.interrupted'));
    if (entry.truncated) return h('p', { class: 'state truncated' }, T('page.truncated'));
    return null;
  };

  const beneathQuestion = (entry) => [
    entry.file ? fileChip(entry.file) : null,
    h('div', { class: 'actions' }, versions(entry), copy(entry.content),
      entry.id ? button('page.edit', () => actions.edit(entry)) : null),
  ];

  /** What to ask next is a question for the end of the conversation alone. */
  const isAskedNext = (entry) => entry.state === 'done' && rows.at(-1)?.entry === entry;

  const beneathAnswer = (entry) => {
    const of = (kind) => (entry.artifacts || []).filter((artifact) => artifact.kind === kind);
    const links = of('link');
    const wentWrong = entry.state === 'failed' || entry.state === 'interrupted';
    return [
      ...of('chart').map((made) => artifacts.chart(made, follow)),
      artifacts.tables(of('table')),
      links.length ? h('ul', { class: 'links', 'aria-label': T('page.links') }, ...links.map(link)) : null,
      fabrix.totals.beneath(entry),
      artifacts.work(entry.id, entry.work),
      stateLine(entry),
      isLive(entry) ? null : h('div', { class: 'actions' }, versions(entry), entry.content ? copy(entry.content) : null,
        entry.turn_id ? button(wentWrong ? 'page.retry' : 'page.again', () => actions.again(entry)) : null),
      isAskedNext(entry) ? artifacts.suggestions(entry.suggestions || [], actions.askNext) : null,
    ];
  };

  const signature = ({ entry, part }) => JSON.stringify([part, entry.id, entry.state, entry.status, entry.error,
    entry.truncated, entry.file, entry.artifacts, entry.work, entry.suggestions, isAskedNext(entry), entry.siblings,
    !entry.content, Boolean(entry.totals), entry.inLine, entry.waitsLonger,
    fabrix.countdowns.has(entry.turn_id), entry.id && entry.id === leftOutUntil]);

  /** What is scrolled sideways must be so without a mouse, too. */
  const makeReachable = (element) => {
    for (const wide of element.querySelectorAll('.prose :is(table, pre):not([tabindex])')) {
      if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
    }
  };

  const NAMES = { question: 'page.question_label', thinking: 'page.thoughts', answer: 'page.answer_label' };

  /** Names for whoever can't see the page; Gradio takes them back whenever a text grows. */
  const nameParts = (element, { part }) => {
    // Gradio names it after the escaped text, and without a role, which may have no name.
    const text = element.querySelector('[data-testid]');
    text?.setAttribute('role', 'group');
    text?.setAttribute('aria-label', T(NAMES[part]));
    // A button within a button, without a name: the outer one does the same.
    element.querySelector('.thought-group .arrow')?.setAttribute('inert', '');
    // Left in English by Gradio.
    for (const copying of element.querySelectorAll('.copy_code_button')) copying.title = T('page.copy');
  };

  /** Put beneath each row of the Chatbot what its message needs; a row that hasn't changed is left alone. */
  const decorate = () => {
    const drawn = document.querySelectorAll('#transcript .message-row');
    drawn.forEach((element, index) => {
      const row = rows[index];
      if (!row) return;
      nameParts(element, row);
      if (!isLive(row.entry)) makeReachable(element);
      const wanted = signature(row);
      if (element.fabrixSignature === wanted && element.querySelector(':scope > .beneath')) return;
      element.fabrixSignature = wanted;
      const giveFocusBack = fabrix.focus.held();
      element.querySelector(':scope > .beneath')?.remove();
      element.dataset.part = row.part;
      element.dataset.state = row.entry.state || '';
      element.toggleAttribute('data-empty', row.part === 'answer' && !row.entry.content);
      if (row.part === 'thinking') return;
      const content = row.part === 'question' ? beneathQuestion(row.entry) : beneathAnswer(row.entry);
      if (row.entry.id && row.entry.id === leftOutUntil) content.push(h('p', { class: 'left-out' }, T('page.left_out')));
      element.append(h('div', { class: 'beneath', 'data-place': `row-${index}` }, ...content.filter(Boolean)));
      giveFocusBack();
    });
    fabrix.totals.mark(drawn, rows);
    follow();
  };

  /** Keep the newest line in view, unless the reader has scrolled up. */
  const follow = () => {
    const box = log();
    if (box && following) box.scrollTop = box.scrollHeight;
  };

  const start = (given) => {
    actions = given;
    const frame = document.querySelector('#transcript');
    let due = false;
    new MutationObserver(() => {
      if (due) return;
      due = true;
      requestAnimationFrame(() => {
        due = false;
        decorate();
      });
    }).observe(frame, { childList: true, subtree: true, characterData: true });
    let top = 0;
    let height = 0;
    stayWhereUnfolded(frame);
    frame.addEventListener('scroll', ({ target }) => {
      if (target !== log()) return;
      // Only a reader scrolls up; what has grown or shrunk in the meantime moves the end, not the reader's mind.
      if (isAtEnd()) following = true;
      else if (target.scrollTop < top && target.scrollHeight >= height) following = false;
      top = target.scrollTop;
      height = target.scrollHeight;
    }, true);
    // An answer is announced once, when it is done; the log itself would read out every word.
    log().setAttribute('aria-live', 'off');
    log().setAttribute('aria-label', T('page.transcript'));
  };

  const isAtEnd = () => log().scrollHeight - log().scrollTop - log().clientHeight < 48;

  /** What a reader unfolds is being read: the end, then further down, is no longer kept in view. */
  const stayWhereUnfolded = (frame) => {
    let unfolding = null;
    frame.addEventListener('click', ({ target }) => {
      const pressed = target.closest('summary')?.parentElement;
      if (!pressed || pressed.open) return;
      unfolding = pressed;
      following = false; // at once: whatever is drawn before the toggle is told of would follow the end
    }, true);
    frame.addEventListener('toggle', ({ target }) => {
      if (target !== unfolding) return;
      unfolding = null;
      following = isAtEnd();
    }, true);
  };

  const followAgain = () => {
    following = true;
    follow();
  };

  return { value, decorate, start, followAgain, size, SHOWN };
})();
