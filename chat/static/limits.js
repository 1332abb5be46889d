// The minute: how much of the limits is left, what a large question will cost, and how the agent's service does.
fabrix.limits = (() => {
  const { T, h, api, language } = fabrix;
  const EVERY = 10;         // seconds between two looks
  const EVERY_TROUBLED = 3; // … while there is something to tell
  const LARGE = 0.1;        // of a minute's tokens: a smaller question's cost is nobody's worry
  const LITTLE = 0.2;       // of a minute: from here on the gauge is no longer quiet
  let told = null;          // what /api/limits said last
  let upstream = '';        // whose agent is asked next
  let context = null;       // {tokens, limit} of the open conversation; null for a new one
  let draft = { content: '', hasFile: false };
  let timer = null;
  let weighing = null;

  const $ = (selector) => document.querySelector(selector);
  const number = (value) => value.toLocaleString(language);
  const service = () => told?.upstreams.find((item) => item.name === upstream);
  const labelOf = (name) => (name === 'fabrix' ? 'FabriX' : name);

  /** The tokens of a text by the server's rule: a weight for each character, by its length in UTF-8. */
  const weight = (text) => {
    const { word, sign, two_bytes, three_bytes, four_bytes } = told.estimate.weights;
    let sum = 0;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code >= 0xD800 && code < 0xDC00) {
        index += 1;
        sum += four_bytes;
      } else if (code >= 0x800) sum += three_bytes;
      else if (code >= 0x80) sum += two_bytes;
      else sum += code === 32 || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) ? word : sign;
    }
    return sum;
  };

  const banner = () => {
    const { state, retry_in, is_slow, first_delta_recent, first_delta_usual } = service() || {};
    const name = labelOf(upstream);
    if (state === 'open') {
      return [T('page.upstream_down', { name }), T('page.tried_again', { seconds: Math.max(1, Math.ceil(retry_in)) })];
    }
    if (state === 'half_open') return [T('page.upstream_probing', { name })];
    if (!is_slow) return [];
    return [T('page.upstream_slow', { name, recent: Math.round(first_delta_recent),
      usual: Math.max(1, Math.round(first_delta_usual)) })];
  };

  const showBanner = () => {
    const [sentence = '', seconds = ''] = banner();
    const region = $('#banner [role=status]');
    if (region.textContent !== sentence) region.textContent = sentence; // a live region: told once
    $('#banner-seconds').textContent = seconds;
    $('#banner').hidden = !sentence;
  };

  const showGauge = () => {
    const minute = service()?.minute;
    $('#gauge').hidden = !minute;
    if (!minute) return;
    const shares = [minute.remaining_rpm / minute.rpm_limit, minute.remaining_tpm / minute.tpm_limit];
    const words = [T('page.minute_left', { rpm: number(minute.remaining_rpm), tpm: number(minute.remaining_tpm) })];
    const { minute: own, day } = told.you;
    if (own) {
      shares.push(own.remaining / own.limit);
      words.push(T('page.own_minute_left', { rpm: number(own.remaining) }));
    }
    if (day) {
      shares.push(day.remaining / day.limit);
      words.push(T('page.own_day_left', { tokens: number(day.remaining) }));
    }
    const left = Math.min(...shares);
    $('#gauge').classList.toggle('low', left < LITTLE);
    $('#gauge').replaceChildren(
      h('span', { class: 'bar', 'aria-hidden': 'true' }, h('span', { style: `width: ${Math.round(100 * left)}%` })),
      h('span', {}, words.join(' · ')));
  };

  /** What the draft will cost, where that matters: where it is large, must wait, or pushes older messages out. */
  const cost = () => {
    if (!told || !(draft.content.trim() || draft.hasFile)) return '';
    const words = [];
    const asked = weight(draft.content);
    const room = context?.limit ?? Infinity;
    const all = asked + (context?.tokens ?? 0);
    const minute = service()?.minute;
    if (minute) {
      const least = draft.hasFile ? told.estimate.file_minimum : told.estimate.chat_minimum;
      const tokens = Math.ceil(Math.max(least, asked, Math.min(all, room)));
      if (asked > minute.tpm_limit) return T('page.cost_too_large', { tokens: number(tokens), tpm: number(minute.tpm_limit) });
      const alone = context?.tokens ? '' : '_alone';
      if (tokens > minute.remaining_tpm) words.push(T(`page.cost_waits${alone}`, { tokens: number(tokens) }));
      else if (tokens > LARGE * minute.tpm_limit) words.push(T(`page.cost${alone}`, { tokens: number(tokens) }));
    }
    if (context?.tokens && all > room) words.push(T('page.cost_leaves_out'));
    return words.join(' ');
  };

  const showCost = () => {
    const sentence = cost();
    $('#cost').textContent = sentence;
    $('#cost').hidden = !sentence;
  };

  const show = () => {
    showBanner();
    showGauge();
    showCost();
  };

  /** Ask the server now, and from time to time from now on. Without an answer the last one goes on showing. */
  const refresh = async () => {
    clearTimeout(timer);
    timer = null;
    if (document.hidden) return;
    try {
      told = await api('GET', '/api/limits');
      fabrix.siteNotice.show(told.notice);
      show();
    } catch (refused) {
      if (!(refused instanceof fabrix.Refused)) throw refused;
    }
    clearTimeout(timer); // another call may have set one meanwhile
    timer = setTimeout(refresh, 1000 * (banner().length ? EVERY_TROUBLED : EVERY));
  };

  return {
    refresh,
    start: () => {
      document.addEventListener('visibilitychange', refresh);
      return refresh();
    },
    setAgent: (agent) => {
      upstream = agent?.upstream || '';
      show();
    },
    setContext: (given) => {
      context = given;
      showCost();
    },
    setDraft: (content, hasFile) => {
      draft = { content, hasFile };
      // Weighing 200,000 characters takes some milliseconds: not at every key.
      weighing ??= setTimeout(() => {
        weighing = null;
        showCost();
      }, 200);
    },
  };
})();
