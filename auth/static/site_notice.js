// The administrators' banner: drawn as text, and put away until there is another one.
fabrix.siteNotice = (() => {
  const { T, h } = fabrix;
  const KEY = 'fabrix-notice'; // where this browser keeps the id of the last one that was put away
  let putAway = null; // … and this page

  const isPutAway = (id) => {
    try {
      return id === putAway || id === localStorage.getItem(KEY);
    } catch {
      return false; // a browser that keeps nothing shows it again on its next page
    }
  };

  const remember = (id) => {
    putAway = id;
    try {
      localStorage.setItem(KEY, id);
    } catch { /* see above */ }
  };

  const draw = (place, notice) => {
    const id = notice?.id || '';
    if ((place.dataset.notice || '') === id) return; // a live region: told once
    place.dataset.notice = id;
    place.hidden = !notice;
    place.classList.toggle('warning', notice?.level === 'warning');
    const dismiss = () => {
      remember(id);
      draw(place, null);
    };
    const name = T('page.dismiss');
    place.replaceChildren(...(notice
      ? [h('span', {}, notice.text), h('button', { type: 'button', 'aria-label': name, title: name, onclick: dismiss }, '×')]
      : []));
  };

  return {
    /** Show {id, text, level}; null takes it down. */
    show: (notice) => draw(document.querySelector('#site-notice'), notice && !isPutAway(notice.id) ? notice : null),
  };
})();
