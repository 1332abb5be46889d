// The composer: a draft, at most one file, and the buttons to send and to stop.
fabrix.composer = (() => {
  const { T, h, translate, Refused } = fabrix;
  let element = null;
  let actions = {};
  let file = null;    // {file_id, name, size} once uploaded
  let upload = null;  // the running XMLHttpRequest
  let limitMb = 100;
  let running = false;
  let blocked = false;

  const find = (id) => element.querySelector(`#${id}`);
  const box = () => find('composer');

  const show = () => {
    find('stop').hidden = !running;
    find('send').hidden = running;
    find('send').disabled = blocked || Boolean(upload) || !(box().value.trim() || file);
    find('attach').classList.toggle('off', blocked || Boolean(upload));
    find('attach').querySelector('input').disabled = blocked || Boolean(upload);
    fabrix.limits.setDraft(box().value, Boolean(file));
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
    fabrix.api('DELETE', `/files/${file.file_id}`).catch(() => {}); // one that was sent stays with its question
    file = null;
    showFile();
    show();
    actions.drafted();
  };

  const showFile = () => {
    if (!file) return chip();
    return chip(h('span', { class: 'file-name' }, file.name), h('span', {}, fabrix.transcript.size(file.size)),
      remove(takeAway, 'page.remove_file'));
  };

  /** Upload one file by XMLHttpRequest: fetch tells no progress. */
  const take = (chosen) => {
    if (!chosen || upload || blocked) return;
    if (chosen.size > limitMb * 1024 * 1024) {
      actions.say(T('error.file_too_large', { name: chosen.name, limit: limitMb }));
      return;
    }
    actions.say('');
    const bar = h('progress', { max: '1', value: '0', 'aria-label': T('page.uploading') });
    const request = new XMLHttpRequest();
    upload = request;
    const over = () => { upload = null; showFile(); show(); };
    request.upload.addEventListener('progress', (event) => { bar.value = event.loaded / event.total; });
    request.addEventListener('load', () => {
      let answer = null;
      try { answer = JSON.parse(request.responseText); } catch { /* an answer of a proxy: its status is enough */ }
      if (request.status === 201) file = answer;
      over();
      if (request.status !== 201) actions.refused(new Refused(request.status, answer));
      else actions.drafted();
    });
    request.addEventListener('error', () => { over(); actions.refused(new Refused(0, null)); });
    request.addEventListener('abort', over);
    chip(h('span', { class: 'file-name' }, chosen.name), h('span', {}, fabrix.transcript.size(chosen.size)), bar,
      remove(() => request.abort(), 'page.cancel_upload'));
    show();
    const form = new FormData();
    form.append('file', chosen);
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
    take(event.dataTransfer.files[0]);
  };

  const start = (given, root) => {
    element = root;
    actions = given;
    translate(element);
    box().addEventListener('keydown', onKey);
    box().addEventListener('input', () => { grow(); show(); actions.drafted(); });
    box().addEventListener('paste', (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      take(event.clipboardData.files[0]);
    });
    find('ask').addEventListener('submit', (event) => {
      event.preventDefault();
      if (!running && !find('send').disabled) actions.send();
    });
    find('stop').addEventListener('click', () => actions.stop());
    find('attach').querySelector('input').addEventListener('change', (event) => {
      take(event.target.files[0]);
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
    draft: () => ({ content: box().value, file }),
    setDraft: ({ content = '', file: given = null }) => {
      box().value = content;
      file = given;
      showFile();
      grow();
      show();
    },
    cancelUpload: () => upload?.abort(),
    setRunning: (value) => { running = value; show(); },
    setBlocked: (value) => { blocked = value; show(); },
    setLimit: (value) => { limitMb = value; },
    setEditing: (value) => { find('editing').hidden = !value; },
  };
})();
