// The board of the overview: built once, and then only what has changed is written anew, so that nothing flickers.
fabrix.overview = (() => {
  const { T, h, language } = fabrix;
  const number = (value) => value.toLocaleString(language);
  const MOST_NAMES = 30;
  const size = (bytes) => {
    const [amount, unit] = bytes < 2 ** 30 ? [bytes / 2 ** 20, 'MB'] : [bytes / 2 ** 30, 'GB'];
    return `${amount.toLocaleString(language, { maximumFractionDigits: 1 })} ${unit}`;
  };
  const names = (present) => present.slice(0, MOST_NAMES).join(', ')
    + (present.length > MOST_NAMES ? ` +${number(present.length - MOST_NAMES)}` : '');
  const seconds = (value) => (value == null ? '–' : `${value.toLocaleString(language, { maximumFractionDigits: 1 })} s`);

  /** A figure with its name; `gauge` (0 to 1 of what is used) draws a bar below it. */
  const card = (name, value, { gauge = null, bad = false } = {}) => h('div', { class: `card${bad ? ' bad' : ''}` },
    h('span', { class: 'name' }, name), h('strong', {}, value),
    gauge == null ? null : h('span', { class: 'bar', role: 'img', 'aria-label': `${Math.round(100 * gauge)} %` },
      h('span', { style: `width: ${Math.min(100, Math.round(100 * gauge))}%` })));

  const minute = (service, name) => {
    const used = service.minute[`current_${name}`];
    const limit = service.minute[`${name}_limit`];
    return card(`${service.name}: ${T(`admin.minute_${name}`)}`, `${number(used)} / ${number(limit)}`,
      { gauge: used / limit, bad: used > 0.9 * limit });
  };

  const health = (service) => {
    const state = service.state === 'closed' ? (service.is_slow ? 'slow' : 'well') : service.state;
    const times = `${T('admin.first_delta')} ${seconds(service.recent)} (${T('admin.usually')} ${seconds(service.usual)})`;
    return card(`${service.name}: ${times}`, T(`admin.service_${state}`), { bad: state !== 'well' });
  };

  const cards = (now) => [
    card(T('admin.running'), number(now.running)),
    card(T('admin.waiting'), number(now.waiting), { bad: now.waiting > 10 }),
    card(T('admin.here_now'), `${number(now.present.length)}`),
    ...now.services.filter((service) => service.minute).flatMap((service) => [minute(service, 'rpm'), minute(service, 'tpm')]),
    ...now.services.map(health),
    card(T('admin.disk_free'), `${size(now.disk.free)} / ${size(now.disk.total)}`,
      { gauge: 1 - now.disk.free / now.disk.total, bad: now.disk.free < 2 ** 30 }),
    card(T('admin.database_size'), size(now.disk.database)),
    card(T('admin.last_backup'), now.backup || T('admin.never'), { bad: !now.backup }),
  ];

  return (element, now) => {
    if (!now?.disk) return;
    const fresh = [h('div', { class: 'cards' }, ...cards(now)),
      h('p', { class: 'present' }, now.present.length ? `${T('admin.here_now')}: ${names(now.present)}` : '')];
    fresh.forEach((part, index) => {
      const old = element.children[index];
      if (!old) element.append(part);
      else if (old.outerHTML !== part.outerHTML) old.replaceWith(part);
    });
  };
})();
