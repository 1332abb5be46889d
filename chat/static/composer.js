// The composer: a draft, the file that goes along, and the buttons to send and to stop.
fabrix.composer = (() => {
  const { T, h, translate, Refused } = fabrix;
  const REFUSES_ALL = [0, 401, 429]; // whatever comes next is refused for the same reason
  let element = null;
  let actions = {};
  let uploads = [];   // each {file_id, name, size}, in no conversation yet, the oldest first
  let kept = [];      // the conversation's files, each with {rows, columns}, the oldest first
  let latest = null;  // the id of the one that went with a question last: it goes along again …
  let chosen;         // … unless another one (its id) or none (null) was chosen
  let takesFiles = false; // whether the agent is one for files
  let upload = null;  // the running XMLHttpRequest
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
    find('attach').classList.toggle('off', blocked || Boolean(upload));
    find('attach').querySelector('input').disabled = blocked || Boolean(upload);
    fabrix.limits.setDraft(box().value, Boolean(goesAlong()));
  };

  /** All files that could go along: the conversation's, and those uploaded since. */
  const files = () => [...kept, ...uploads.filter((one) => !kept.some((item) => item.file_id === one.file_id))];

  /** The file that goes with the next question, or null. */
  const goesAlong = () => {
    if (chosen === null) return null;
    const newest = uploads.at(-1);
    if (chosen !== undefined) return files().find((item) => item.file_id === chosen) || newest || null;
    return newest || (takesFiles && kept.find((item) => item.file_id === latest)) || null;
  };

  const grow = () => {
    box().style.height = 'auto';
    box().style.height = `${Math.min(box().scrollHeight, 200)}px`;
  };

  const chip = (...content) => {
    find('chosen-file').replaceChildren(...content);
    find('chosen-file').hidden = !content.length;
  };

  const remove = (act, name) => h('button', {
    type: 'button', class: 'action remove', 'aria-label': T(name), title: T(name), onclick: act });

  /** Remove the chosen file; if it was never sent, its room is free again. */
  const takeAway = () => {
    const gone = goesAlong();
    if (fabrix.intake.shows(gone.file_id)) fabrix.intake.hide();
    if (uploads.includes(gone)) {
      fabrix.api('DELETE', `/files/${gone.file_id}`).catch(() => {}); // one that was sent stays with its question
      uploads = uploads.filter((one) => one !== gone);
    }
    choose(null);
  };

  const choose = (id) => {
    chosen = id;
    showFile();
    show();
    actions.drafted();
  };

  const toggleCard = () => {
    const going = goesAlong();
    if (fabrix.intake.shows(going.file_id)) fabrix.intake.hide();
    else fabrix.intake.show(going);
    showFile();
    find('chosen-file').querySelector('.card').focus();
  };

  const cardButton = (going) => {
    const button = remove(toggleCard, 'page.card');
    button.className = 'action card';
    button.setAttribute('aria-expanded', String(fabrix.intake.shows(going.file_id)));
    return button;
  };

  const shapeOf = ({ rows, columns }) => (rows == null ? null : h('span', { class: 'size' },
    T('page.card_shape', { rows: rows.toLocaleString(fabrix.language), columns: columns.toLocaleString(fabrix.language) })));

  const showFile = () => {
    showFiles();
    const going = goesAlong();
    if (!going) return chip();
    return chip(h('span', { class: 'file-name' }, going.name), h('span', {}, fabrix.transcript.size(going.size)),
      cardButton(going), remove(takeAway, 'page.remove_file'));
  };

  /** The conversation's files: which one goes along, and each to take away. */
  const showFiles = () => {
    const listed = files();
    find('files').hidden = !kept.length && uploads.length < 2;
    find('files').querySelector('summary').textContent = T('page.files', { count: listed.length });
    const going = goesAlong();
    const radio = (id) => h('input', { type: 'radio', name: 'goes-along', value: id || '', checked: (going?.file_id || null) === id,
      onchange: () => {
        choose(id);
        find('files').querySelector(`input[value="${id || ''}"]`).focus();
      } });
    find('files').querySelector('ul').replaceChildren(
      ...[...listed].reverse().map((item) => h('li', {},
        h('label', {}, radio(item.file_id), h('span', { class: 'file-name' }, item.name),
          h('span', { class: 'size' }, fabrix.transcript.size(item.size)), shapeOf(item)),
        h('a', { href: `/files/${item.file_id}`, download: item.name }, T('page.download')))),
      h('li', {}, h('label', {}, radio(null), h('span', {}, T('page.no_file')))));
  };

  /** Upload what was picked, one file after another; what is too large is named and left out. */
  const take = (picked) => {
    if (!picked.length || upload || blocked) return;
    const fits = (one) => one.size <= limitMb * 1024 * 1024;
    queue = [...picked].filter(fits);
    refusals = [...picked].filter((one) => !fits(one)).map(({ name }) => T('error.file_too_large', { name, limit: limitMb }));
    actions.say(refusals.join('\n'));
    takeNext();
  };

  const refuse = (refused) => {
    if (REFUSES_ALL.includes(refused.status)) queue = [];
    refusals.push(refused.sentence);
    actions.say(refusals.join('\n'));
  };

  const takeNext = () => {
    if (queue.length) uploadOne(queue.shift());
  };

  const cancelUpload = () => {
    queue = [];
    upload?.abort();
  };

  /** Upload one file by XMLHttpRequest: fetch tells no progress. */
  const uploadOne = (picked) => {
    const bar = h('progress', { max: '1', value: '0', 'aria-label': T('page.uploading') });
    const request = new XMLHttpRequest();
    upload = request;
    const over = () => { upload = null; showFile(); show(); };
    const percent = h('span', { class: 'percent' });
    request.upload.addEventListener('progress', (event) => {
      bar.value = event.loaded / event.total;
      percent.textContent = (event.loaded / event.total).toLocaleString(fabrix.language, { style: 'percent' });
    });
    request.addEventListener('load', () => {
      let answer = null;
      try { answer = JSON.parse(request.responseText); } catch { /* an answer of a proxy: its status is enough */ }
      if (request.status === 201) {
        uploads = [...uploads, answer];
        chosen = undefined;
        fabrix.intake.show(answer);
      }
      over();
      if (request.status !== 201) refuse(new Refused(request.status, answer));
      else actions.drafted();
      takeNext();
    });
    request.addEventListener('error', () => { over(); refuse(new Refused(0, null)); });
    request.addEventListener('abort', over);
    chip(h('span', { class: 'file-name' }, picked.name), h('span', {}, fabrix.transcript.size(picked.size)), bar, percent,
      remove(cancelUpload, 'page.cancel_upload'));
    show();
    const form = new FormData();
    form.append('file', picked);
    request.open('POST', '/api/files');
    request.setRequestHeader('Accept-Language', fabrix.language);
    request.send(form);
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
    fabrix.intake.start({
      dismissed: showFile,
      read: (read, card) => {
        const known = (item) => (item?.file_id === read.file_id && card.kind === 'table'
          ? { ...item, rows: card.rows, columns: card.width } : item);
        kept = kept.map(known);
        uploads = uploads.map(known);
        showFile();
      },
      unusable: (refused, sentence) => {
        actions.say(sentence);
        if (uploads.some((one) => one.file_id === refused.file_id)) {
          choose(refused.file_id);
          takeAway();
          chosen = undefined;
          showFile();
        }
      },
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
      if (uploads.length) fabrix.intake.show(uploads.at(-1));
      else fabrix.intake.hide();
      showFile();
      grow();
      show();
    },
    cancelUpload,
    /** The files of the open conversation, and the id of the one that went with a question last. */
    setFiles: (given, last) => {
      kept = given;
      latest = last;
      showFile();
      show();
    },
    setAgent: (agent) => {
      takesFiles = Boolean(agent?.capabilities.includes('file'));
      showFile();
      show();
    },
    setRunning: (value) => { running = value; show(); },
    setBlocked: (value) => { blocked = value; show(); },
    setLimit: (value) => { limitMb = value; },
    setEditing: (value) => { find('editing').hidden = !value; },
  };
})();
