// The composer: a draft, the files that come with it, and the buttons to send and to stop.
fabrix.composer = (() => {
  const { T, h, translate, intake, Refused } = fabrix;
  const REFUSES_ALL = [0, 401, 429]; // whatever comes next is refused for the same reason
  let element = null;
  let actions = {};
  let uploads = [];   // each {file_id, name, size}, in no conversation yet, the oldest first
  let kept = [];      // the conversation's files, each with {rows, columns}, the oldest first
  let latest = null;  // the id of the one that went with a question last: it goes along again …
  let chosen;         // … unless another one (its id) or none (null) was chosen
  let choseSince = false; // whether that was chosen after the last files were picked, which else go along once they are there
  let takesFiles = false; // whether the agent is one for files
  let upload = null;  // the running one: {request, file, bar, percent}
  let queue = [];     // the files to upload after it
  let refusals = [];  // the sentences on those that were not taken
  let limitMb = 100;
  let running = false;
  let blocked = false;

  const find = (id) => element.querySelector(`#${id}`);
  const box = () => find('composer');

  const show = () => {
    find('stop').hidden = !running;
    find('send').hidden = running;
    // A file that was asked about before is no question by itself.
    find('send').disabled = blocked || Boolean(upload) || !(box().value.trim() || uploads.includes(goesAlong()));
    find('attach').classList.toggle('off', blocked);
    find('attach').querySelector('input').disabled = blocked;
    fabrix.limits.setDraft(box().value, Boolean(goesAlong()));
  };

  /** All files that could go along: the conversation's, and those uploaded since. */
  const files = () => [...kept, ...uploads.filter((one) => !kept.some((item) => item.file_id === one.file_id))];

  /** The file that goes with the next question, or null: of those uploaded, rather one that could be read. */
  const goesAlong = () => {
    if (chosen === null) return null;
    const newest = uploads.findLast((one) => intake.stateOf(one.file_id) !== 'problem') || uploads.at(-1);
    if (chosen !== undefined) return files().find((item) => item.file_id === chosen) || newest || null;
    return newest || (takesFiles && kept.find((item) => item.file_id === latest)) || null;
  };

  const grow = () => {
    box().style.height = 'auto';
    box().style.height = `${Math.min(box().scrollHeight, 200)}px`;
  };

  /** Take a file out of the draft; if it was never sent, its room is free again. */
  const takeAway = (file) => {
    const going = goesAlong();
    intake.forget(file.file_id);
    if (uploads.includes(file)) {
      fabrix.api('DELETE', `/files/${file.file_id}`).catch(() => {}); // one that was sent stays with its question
      uploads = uploads.filter((one) => one !== file);
    }
    if (going === file) {
      chosen = uploads.length ? undefined : null;
      choseSince = false;
    }
    refresh();
    actions.drafted();
    // The pressed button is gone; a phone's keyboard would hide what is there now.
    if (document.activeElement === document.body && matchMedia('(hover: hover)').matches) box().focus();
  };

  const choose = (id) => {
    chosen = id;
    choseSince = true;
    refresh();
    actions.drafted();
  };

  /** A pressed chip: its file is the one that is asked about, and its card is shown, or put away again. */
  const openChip = (file) => {
    const isAsked = goesAlong() === file;
    if (isAsked && intake.shows(file.file_id)) intake.hide();
    else intake.show(file);
    if (isAsked && !upload) refresh();
    else choose(file.file_id); // who looks at a file while another is uploaded wants to keep it
  };

  const shapeOf = ({ rows, columns }) => (rows == null ? null : h('span', { class: 'size' },
    T('page.card_shape', { rows: rows.toLocaleString(fabrix.language), columns: columns.toLocaleString(fabrix.language) })));

  /** The files of the draft, and the one of the conversation that goes along with it. */
  const showChips = () => {
    const going = goesAlong();
    const shown = going && !uploads.includes(going) ? [going, ...uploads] : uploads;
    fabrix.chips.draw(find('chips'), shown, {
      upload: upload && { ...upload, waiting: queue.length }, cancel: cancelUpload,
      goesAlong: going, shows: intake.shows, open: openChip, takeAway });
  };

  /** The conversation's files: which one goes along, and each to take away. */
  const showFiles = () => {
    const listed = files();
    find('files').hidden = !kept.length;
    find('files').querySelector('summary').textContent = T('page.files', { count: listed.length });
    const going = goesAlong();
    const radio = (id) => h('input', { type: 'radio', name: 'goes-along', value: id || '', checked: (going?.file_id || null) === id,
      onchange: () => choose(id) });
    find('files').querySelector('ul').replaceChildren(
      ...[...listed].reverse().map((item) => h('li', {},
        h('label', {}, radio(item.file_id), h('span', { class: 'file-name' }, item.name),
          h('span', { class: 'size' }, fabrix.transcript.size(item.size)), shapeOf(item)),
        h('a', { href: `/files/${item.file_id}`, download: item.name, 'aria-label': `${T('page.download')}: ${item.name}` },
          T('page.download')))),
      h('li', {}, h('label', {}, radio(null), h('span', {}, T('page.no_file')))));
  };

  const refresh = () => {
    const giveFocusBack = fabrix.focus.held();
    showChips();
    showFiles();
    show();
    giveFocusBack();
  };

  const refuse = (sentence) => {
    refusals.push(sentence);
    actions.say(refusals.join('\n'));
  };

  /** Upload what was picked, one file after another; what is too large is named and left out. */
  const take = (picked) => {
    if (!picked.length || blocked) return;
    choseSince = false;
    if (!upload) {
      refusals = [];
      actions.say('');
    }
    for (const one of picked) {
      if (one.size <= limitMb * 1024 * 1024) queue.push(one);
      else refuse(T('error.file_too_large', { name: one.name, limit: limitMb }));
    }
    if (upload) showChips();
    else takeNext();
  };

  const takeNext = () => {
    if (queue.length) uploadOne(queue.shift());
  };

  const cancelUpload = () => {
    queue = [];
    upload?.request.abort();
  };

  /** Upload one file by XMLHttpRequest: fetch tells no progress. */
  const uploadOne = (picked) => {
    const bar = h('progress', { max: '1', value: '0', 'aria-label': T('page.uploading') });
    const request = new XMLHttpRequest();
    const percent = h('span', { class: 'percent' });
    upload = { request, file: picked, bar, percent };
    const over = () => { upload = null; refresh(); };
    const failed = (refused) => {
      if (REFUSES_ALL.includes(refused.status)) queue = [];
      refuse(refused.sentence);
    };
    request.upload.addEventListener('progress', (event) => {
      bar.value = event.loaded / event.total;
      percent.textContent = (event.loaded / event.total).toLocaleString(fabrix.language, { style: 'percent' });
    });
    request.addEventListener('load', () => {
      let answer = null;
      try { answer = JSON.parse(request.responseText); } catch { /* an answer of a proxy: its status is enough */ }
      if (request.status === 201) taken(answer);
      over();
      if (request.status !== 201) failed(new Refused(request.status, answer));
      takeNext();
    });
    request.addEventListener('error', () => { over(); failed(new Refused(0, null)); });
    request.addEventListener('abort', over);
    refresh();
    const form = new FormData();
    form.append('file', picked);
    request.open('POST', '/api/files');
    request.setRequestHeader('Accept-Language', fabrix.language);
    request.send(form);
  };

  /** A file has arrived: the last one of several shows its card, unless another was chosen; the others are just read. */
  const taken = (file) => {
    uploads = [...uploads, file];
    if (!choseSince) chosen = undefined;
    if (queue.length || choseSince) intake.survey([file]);
    else intake.show(file);
    actions.drafted();
  };

  /** An upload that nobody can read is refused by name; the card of the one that goes along instead is shown. */
  const unusable = (file, sentence) => {
    const refused = uploads.find((one) => one.file_id === file.file_id);
    if (!refused && !kept.some((one) => one.file_id === file.file_id)) return; // of another conversation
    refuse(sentence);
    if (!refused) return;
    const going = goesAlong();
    takeAway(refused);
    if (going === refused) chosen = undefined;
    refresh();
    if (uploads.includes(goesAlong())) intake.show(goesAlong());
  };

  const onKey = (event) => {
    // The Enter that ends a Hangul composition belongs to the composition.
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || composing) return;
    event.preventDefault();
    if (!running && !find('send').disabled) actions.send();
  };

  const onDrop = (event) => {
    event.preventDefault();
    document.querySelector('#app').removeAttribute('data-dropping');
    take(event.dataTransfer.files);
  };

  const start = (given, root) => {
    element = root;
    actions = given;
    translate(element);
    intake.start({
      changed: refresh,
      dismissed: (file) => {
        showChips();
        find('chips').querySelector(`[data-place="chip-${file.file_id}"] .card`)?.focus();
      },
      read: (read, card) => {
        const known = (item) => (item?.file_id === read.file_id && card.kind === 'table'
          ? { ...item, rows: card.rows, columns: card.width } : item);
        kept = kept.map(known);
        uploads = uploads.map(known);
      },
      unusable,
    }, find('intake'));
    box().addEventListener('keydown', onKey);
    box().addEventListener('input', () => { grow(); show(); actions.drafted(); });
    box().addEventListener('paste', (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      take(event.clipboardData.files);
    });
    find('ask').addEventListener('submit', (event) => {
      event.preventDefault();
      if (!running && !find('send').disabled) actions.send();
    });
    find('stop').addEventListener('click', () => actions.stop());
    find('attach').querySelector('input').addEventListener('change', (event) => {
      take(event.target.files);
      event.target.value = '';
    });
    const app = document.querySelector('#app');
    const carriesFile = (event) => event.dataTransfer?.types.includes('Files');
    app.addEventListener('dragover', (event) => {
      if (!carriesFile(event)) return;
      event.preventDefault();
      app.dataset.dropping = '';
    });
    app.addEventListener('dragleave', (event) => {
      if (!app.contains(event.relatedTarget)) app.removeAttribute('data-dropping');
    });
    app.addEventListener('drop', (event) => { if (carriesFile(event)) onDrop(event); });
    show();
  };

  return {
    start,
    focus: () => box().focus(),
    draft: () => ({ content: box().value, uploads, chosen }),
    goesAlong,
    setDraft: ({ content = '', uploads: given = [], chosen: choice }) => {
      box().value = content;
      uploads = given;
      chosen = choice;
      if (uploads.length) intake.show(goesAlong());
      else intake.hide();
      intake.survey(uploads);
      grow();
      refresh();
    },
    cancelUpload,
    /** The files of the open conversation, and the id of the one that went with a question last. */
    setFiles: (given, last) => {
      kept = given;
      latest = last;
      refresh();
    },
    setAgent: (agent) => {
      takesFiles = Boolean(agent?.capabilities.includes('file'));
      refresh();
    },
    setRunning: (value) => { running = value; show(); },
    setBlocked: (value) => { blocked = value; show(); },
    setLimit: (value) => { limitMb = value; },
    setEditing: (value) => { find('editing').hidden = !value; },
  };
})();
