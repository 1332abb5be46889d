// The chips of the composer: the files that come with the next question, how each was read, and the upload that runs.
fabrix.chips = (() => {
  const { T, h } = fabrix;

  const size = (file) => h('span', { class: 'size' }, fabrix.transcript.size(file.size));

  const removing = (name, act, label) => h('button', {
    type: 'button', class: 'action remove', 'aria-label': `${T(label)}: ${name}`, title: T(label), onclick: act });

  /** How far a file has been read; nothing once it is a table. */
  const reading = (state) => {
    if (state === 'reading') return h('span', { class: 'spinner', role: 'img', 'aria-label': T('page.card_reading') });
    return state === 'problem' ? h('span', { class: 'unread' }, T('page.card_unread')) : null;
  };

  const look = (isAsked, several) => (isAsked ? `chip${several ? ' asked' : ''}` : 'chip aside');

  /** A file: pressed, it shows its card, and is the one that is asked about. */
  const chip = (file, { goesAlong, several, shows, open, takeAway }) => h('li', {
    class: look(goesAlong === file, several), 'data-place': `chip-${file.file_id}` },
  h('button', {
    type: 'button', class: 'card', title: T('page.card'), 'aria-label': `${file.name}: ${T('page.card')}`,
    'aria-expanded': String(shows(file.file_id)), 'aria-current': several && goesAlong === file ? 'true' : null,
    onclick: () => open(file),
  }, h('span', { class: 'file-name' }, file.name), size(file), reading(fabrix.intake.stateOf(file.file_id))),
  removing(file.name, () => takeAway(file), 'page.remove_file'));

  /** The running upload {file, bar, percent, waiting}, which may have others waiting behind it. */
  const uploading = ({ file, bar, percent, waiting }, cancel) => h('li', { class: 'chip', 'data-place': 'chip-upload' },
    h('span', { class: 'file-name' }, file.name), size(file), bar, percent,
    waiting ? h('span', { class: 'size' }, T('page.more_uploads', { count: waiting })) : null,
    removing(file.name, cancel, 'page.cancel_upload'));

  /** Draw `files` and the `upload` (or null) into `root`. */
  const draw = (root, files, { upload, cancel, ...given }) => {
    const several = files.length > 1;
    root.replaceChildren(...(several ? [h('p', {}, T('page.asked_file'))] : []), h('ul', {},
      ...files.map((file) => chip(file, { several, ...given })), ...(upload ? [uploading(upload, cancel)] : [])));
    root.hidden = !files.length && !upload;
  };

  return { draw };
})();
