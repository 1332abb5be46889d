// Questions that came too soon for the limits, and are asked again by themselves when there is room.
fabrix.countdowns = (() => {
  const { T, h } = fabrix;
  const PREFIX = 'fabrix-again-';
  const LONGEST = 600;  // seconds: nobody wants to be surprised by an answer after lunch
  const STALE = 60;     // seconds after which a plan that a closed page couldn't keep is forgotten
  const ROUNDS = 5;
  const plans = new Map(); // by turn id: {turn, conversation, due, round, isAutomatic}
  let act = null;          // (plan) => asks again

  // Where a browser's storage is switched off, a reload forgets the plan; Retry remains.
  const tried = (work) => {
    try {
      return work();
    } catch {
      return null;
    }
  };

  const set = (plan) => {
    plans.set(plan.turn, plan);
    if (plan.isAutomatic) plan.timer = setTimeout(() => ring(plan), Math.max(0, plan.due - Date.now()));
  };

  const cancel = (turn) => {
    clearTimeout(plans.get(turn)?.timer);
    plans.delete(turn);
    tried(() => sessionStorage.removeItem(PREFIX + turn));
  };

  const ring = (plan) => {
    cancel(plan.turn);
    act(plan);
  };

  /** Plan to ask a turn's question again in `seconds`; `round` counts how often that was done. */
  const plan = (turn, conversation, seconds, round) => {
    const made = { turn, conversation, due: Date.now() + 1000 * seconds, round,
      isAutomatic: seconds <= LONGEST && round < ROUNDS };
    set(made);
    tried(() => sessionStorage.setItem(PREFIX + turn, JSON.stringify(made)));
    return made.isAutomatic;
  };

  const cancelAll = (conversation) => {
    for (const item of [...plans.values()]) if (item.conversation === conversation) cancel(item.turn);
  };

  /** What is shown beneath the failed answer: the seconds that are left, and what to do instead. */
  const line = (turn, changed) => {
    const made = plans.get(turn);
    if (!made) return null;
    if (!made.isAutomatic) {
      const time = new Date(made.due).toLocaleString(fabrix.language, { weekday: 'short', hour: 'numeric', minute: '2-digit' });
      return h('p', { class: 'countdown' }, T('page.possible_at', { time }));
    }
    const left = h('span', {});
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((made.due - Date.now()) / 1000));
      left.textContent = T('page.asks_again_in', { seconds });
    };
    tick();
    const ticking = setInterval(() => (left.isConnected ? tick() : clearInterval(ticking)), 1000);
    return h('p', { class: 'countdown' }, left,
      h('button', { type: 'button', class: 'now', onclick: () => ring(made) }, T('page.ask_now')),
      h('button', { type: 'button', class: 'never', onclick: () => { cancel(turn); changed(); } }, T('page.cancel')));
  };

  const start = (given) => {
    act = given;
    tried(() => {
      for (const key of Object.keys(sessionStorage)) {
        if (!key.startsWith(PREFIX)) continue;
        const kept = JSON.parse(sessionStorage.getItem(key));
        if (Date.now() - kept.due < 1000 * STALE) set(kept);
        else sessionStorage.removeItem(key);
      }
    });
  };

  const forget = () => {
    for (const turn of [...plans.keys()]) cancel(turn);
  };

  return { start, plan, cancel, cancelAll, line, forget, has: (turn) => plans.has(turn) };
})();
