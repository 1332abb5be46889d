// The page: one conversation at a time. Questions go straight to the API, answers come from the turn that is watched,
// and storage is the truth: when a turn has ended, the conversation is read again.
fabrix.page = (() => {
  const { T, api, h, transcript, sidebar, composer, dialogs, drafts, watch, limits, countdowns, totals } = fabrix;
  const LONGER = 300; // seconds more in line, for whoever chooses to wait
  const AGAIN = 60;   // … and for a question that is asked again by itself: it has waited once already
  const parts = {};       // the mounted gr.HTML elements by name
  let bridge = null;      // (messages) => the Chatbot shows them
  let user = null;
  let agents = { items: [], stale: false, preferred: null };
  let agentId = null;     // who is asked next
  let sessions = [];
  let current = null;     // the open conversation's id; null for a new one
  let entries = [];       // its messages
  let context = null;     // {left_out_until, tokens, limit}: what of it the next question takes along
  let kept = [];          // its files, the oldest first
  let seenBy = [];        // which administrators have opened it, when and why
  let hidden = 0;         // how many of them are not shown yet
  let visit = 0;          // counts the conversations that were gone to: what was awaited elsewhere is not shown here
  let loading = 0;        // counts the readings of a conversation: one that was overtaken is not shown
  let read = 0;           // the reading that is shown
  let stopWatching = null;
  let runningTurn = null;
  let lost = 0;           // how often in a row the stream of a turn was lost
  let editing = null;     // {entry, waiting}: the question that is edited, and the draft that waits meanwhile
  let attempt = null;     // the client id of the question that is being sent, kept while it is sent again
  let sending = false;

  const $ = (selector) => document.querySelector(selector);
  const pause = (seconds) => new Promise((resolve) => { setTimeout(resolve, 1000 * seconds); });

  // What is told

  const say = (sentence) => {
    const notice = $('#notice');
    notice.textContent = sentence;
    notice.hidden = !sentence;
  };

  fabrix.announce = (sentence) => { $('#announcer').textContent = sentence; };

  /** Call the API; when the login has ended, sign in over the page and go on. */
  const call = async (...request) => {
    for (;;) {
      try {
        return await api(...request);
      } catch (refused) {
        if (refused.status !== 401) throw refused;
        await dialogs.signIn(user?.username || '');
      }
    }
  };

  const refused = (error) => {
    if (!(error instanceof fabrix.Refused)) throw error;
    say(error.sentence);
  };

  /** Run a click's work, and tell what was refused. */
  const attempted = (work) => async (...args) => {
    try {
      say('');
      return await work(...args);
    } catch (error) {
      return refused(error);
    }
  };

  // What is shown

  const show = () => {
    bridge(transcript.value(entries.slice(hidden), context?.left_out_until));
    transcript.decorate();
  };

  const showAround = () => {
    const agent = agents.items.find((item) => item.agentId === agentId);
    $('#agent-name').textContent = agent ? agent.label : '';
    $('#agent-description').textContent = agent ? agent.description : '';
    $('#app').toggleAttribute('data-empty', !entries.length);
    $('#earlier').hidden = !hidden;
    $('#seen-by').textContent = seenBy.map(({ name, at, reason }) => T('page.seen_by', {
      name, reason, at: new Date(at).toLocaleString(fabrix.language, { dateStyle: 'medium', timeStyle: 'short' }),
    })).join('\n');
    $('#seen-by').hidden = !seenBy.length;
    const open = sessions.find((item) => item.id === current);
    document.title = open?.title ? `${open.title} · ${T('page.product')}` : T('page.product');
    sidebar.showAgents(agents, agentId);
    sidebar.showHistory(sessions, current);
    composer.setRunning(Boolean(runningTurn));
    composer.setBlocked(!agentId);
    composer.setAgent(agent);
    limits.setAgent(agent);
    limits.setContext(context);
    showExamples(agent);
  };

  const showExamples = (agent) => {
    const keys = ['page.example_1', 'page.example_2', 'page.example_3'];
    if (agent?.capabilities.includes('file')) keys.unshift('page.example_file');
    $('#examples').replaceChildren(...(agent ? keys : []).map((key) => h('button', {
      type: 'button', class: 'example',
      onclick: () => {
        if (key === 'page.example_file') $('#attach input').click();
        else {
          composer.setDraft({ ...composer.draft(), content: T(key) });
          drafted();
          composer.focus();
        }
      },
    }, T(key))));
    $('#welcome-text').textContent = agent ? T('page.welcome_text') : T('page.no_agents');
  };

  /** The file that was asked about last, or null. */
  const lastFile = () => entries.filter((item) => item.file).at(-1)?.file || null;

  /** Tell the composer which files there are, and which of them was asked about last. */
  const showFiles = () => composer.setFiles(kept, lastFile()?.file_id || null);

  // The draft

  const keepDraft = () => {
    if (!editing) drafts.keep(current, { ...composer.draft(), attempt });
  };
  const drafted = () => {
    attempt = null; // another text is another question
    keepDraft();
  };
  const restoreDraft = () => {
    const kept = drafts.kept(current);
    composer.setDraft(kept);
    attempt = kept.attempt || null;
  };

  // One conversation

  const stopFollowing = () => {
    stopWatching?.();
    stopWatching = null;
    runningTurn = null;
  };

  const leave = () => {
    visit += 1;
    loading += 1;
    read = 0;
    composer.cancelUpload();
    stopFollowing();
    endEdit();
  };

  /** Read a conversation from storage and show it. */
  const load = async (id) => {
    loading += 1;
    const ticket = loading;
    const [conversation, list] = await Promise.all([call('GET', `/api/sessions/${id}/`), call('GET', '/api/sessions/')]);
    if (ticket !== loading) return false; // another one has been opened meanwhile, or a question asked that isn't in it
    stopFollowing();
    sessions = list;
    current = conversation.id;
    agentId = conversation.agent_id;
    entries = conversation.messages.filter((item) => item.role !== 'system');
    context = conversation.context;
    kept = conversation.files;
    seenBy = conversation.seen_by;
    hidden = Math.max(0, entries.length - transcript.SHOWN);
    const live = entries.find((item) => item.state === 'running' || item.state === 'waiting');
    if (live) follow(live.turn_id, live);
    showFiles();
    show();
    showAround();
    read = ticket;
    totals.expect(entries, () => ticket === read, show);
    return true;
  };

  /** Read the open conversation again, as often as it takes while the server is away. */
  const reload = async () => {
    const here = visit;
    for (let wait = 2; ; wait = Math.min(2 * wait, 30)) {
      try {
        return await load(current);
      } catch (error) {
        if (![0, 502, 503, 504].includes(error.status) || visit !== here) throw error;
        say(error.sentence);
        await pause(wait);
        if (visit !== here) return undefined;
        say('');
      }
    }
  };

  const open = attempted(async (id, { push = true } = {}) => {
    leave();
    const here = visit;
    if (!(await load(id)) || visit !== here) return;
    if (push) history.pushState(null, '', `/?c=${id}`);
    restoreDraft();
    transcript.followAgain();
    composer.focus();
  });

  const fresh = attempted(async ({ push = true } = {}) => {
    leave();
    current = null;
    entries = [];
    context = null;
    seenBy = [];
    kept = [];
    hidden = 0;
    showFiles();
    agentId = agents.items.some((item) => item.agentId === agentId) ? agentId : agents.preferred;
    if (push) history.pushState(null, '', '/');
    show();
    showAround();
    restoreDraft();
    composer.focus();
  });

  const follow = (turnId, entry) => {
    const here = visit;
    runningTurn = turnId;
    stopWatching = watch(turnId, entry, {
      changed: () => { lost = 0; show(); },
      ended: attempted(async (how) => {
        stopWatching = null;
        if (how.state === 'lost') {
          // A proxy's error, a server that restarts, a login that has ended: storage tells which, after a breath.
          await pause(Math.min(2 ** lost, 30));
          lost += 1;
        } else {
          runningTurn = null;
          composer.setRunning(false);
          fabrix.announce(T(`page.ended_${how.state}`));
          planAgain(turnId, how.error);
          limits.refresh();
        }
        if (visit === here) await reload();
        if (how.state === 'stopped') composer.focus();
      }),
    });
  };

  // Asking

  const rounds = new Map(); // by turn id: how often its question was asked again by itself

  /** A question that came too soon is asked again by itself, as soon as there is room for it. */
  const planAgain = (turnId, error) => {
    if (error?.code !== 'rate_limit_exceeded' || !error.retry_after) return;
    const isPlanned = countdowns.plan(turnId, current, error.retry_after, rounds.get(turnId) || 0);
    if (isPlanned) fabrix.announce(T('page.asks_again_in', { seconds: Math.ceil(error.retry_after) }));
  };

  const askAgain = attempted(async ({ turn, conversation, round }) => {
    const here = visit;
    const isShown = conversation === current;
    if (isShown && (runningTurn || sending)) return;
    const made = await call('POST', `/api/turns/${turn}/again`, { wait_seconds: AGAIN });
    rounds.set(made.turn_id, round + 1);
    if (isShown && visit === here) showAnother(made);
  });

  /** Show another answer to a question of the open conversation, in place of what stands below it. */
  const showAnother = (turn) => {
    const question = entries.find((item) => item.id === turn.user_message_id);
    place(question).name(turn);
  };

  const waitLonger = attempted(async (entry) => {
    await call('POST', `/api/turns/${entry.turn_id}/wait`, { seconds: LONGER });
    entry.waitsLonger = true;
    show();
  });

  /** Show a question with an answer that is about to come; returns the two entries, and how to take them away. */
  const place = (question) => {
    const before = { entries, hidden };
    loading += 1; // the conversation is read again when the answer has ended
    const at = question.parent_id === null ? 0 : entries.findIndex((item) => item.id === question.parent_id) + 1;
    const asked = { role: 'user', ...question };
    const answer = { role: 'assistant', content: '', thinking: '', artifacts: [], state: 'running' };
    entries = [...entries.slice(0, at), asked, answer];
    hidden = Math.min(hidden, Math.max(0, entries.length - 2));
    show();
    showAround();
    transcript.followAgain();
    return {
      name: (turn) => {
        asked.id = turn.user_message_id;
        Object.assign(answer, { id: turn.message_id, parent_id: asked.id, turn_id: turn.turn_id });
        follow(turn.turn_id, answer);
        show();
        showAround();
      },
      remove: () => {
        ({ entries, hidden } = before);
        show();
        showAround();
      },
    };
  };

  const refreshList = async () => {
    sessions = await call('GET', '/api/sessions/');
    showAround();
  };

  /** The open conversation's id, made now if it is a new one. */
  const conversationToAsk = async (draft, here) => {
    if (current) return current;
    const made = await api('POST', '/api/sessions/', { agent_id: agentId });
    drafts.keep(null, {});
    drafts.keep(made.id, draft);
    sessions = [{ ...made, title: draft.content.trim().split('\n')[0].slice(0, 60) || draft.file?.name || '' }, ...sessions];
    if (visit === here) {
      current = made.id;
      history.pushState(null, '', `/?c=${current}`);
    }
    return made.id;
  };

  const send = attempted(async () => {
    if (sending || runningTurn) return;
    attempt ??= fabrix.randomId(); // the same for a second try: a question that did arrive isn't asked twice
    const draft = { ...composer.draft(), attempt };
    const file = composer.goesAlong();
    const edited = editing?.entry;
    const parent = edited ? edited.parent_id : (entries.at(-1)?.id ?? null);
    if (edited) endEdit();
    else composer.setDraft({});
    await deliver({ ...draft, file }, parent, {
      taken: (id, isHere) => {
        drafts.keep(id, {});
        if (!isHere) return;
        drafted(); // what has been typed meanwhile is the next draft
        kept = [...kept, ...draft.uploads.filter((one) => !kept.some((item) => item.file_id === one.file_id))];
        showFiles();
      },
      refused: (id, isHere) => (isHere ? takeBack(draft, edited) : drafts.keep(id, draft)),
      again: send,
    });
  });

  const attempts = new Map(); // by answer and question: the client id of a proposed question that was not taken yet

  /** Ask what an answer proposes, of the file that was asked about; the draft in the box stays there. */
  const askNext = attempted(async (question) => {
    if (sending || runningTurn) return;
    const parent = entries.at(-1).id;
    const key = `${parent} ${question}`;
    const takesFiles = agents.items.some((item) => item.agentId === agentId && item.capabilities.includes('file'));
    if (!attempts.has(key)) attempts.set(key, fabrix.randomId());
    // The button goes away; a phone's keyboard would hide the answer.
    if (matchMedia('(hover: hover)').matches) composer.focus();
    await deliver({ content: question, file: takesFiles ? lastFile() : null, attempt: attempts.get(key) }, parent, {
      taken: () => attempts.delete(key),
      refused: () => {}, // the button is there again
      again: () => askNext(question),
    });
  });

  /** What else was uploaded with a question becomes a file of the conversation, too. */
  const others = ({ file, uploads = [] }) => uploads.map((one) => one.file_id).filter((id) => id !== file?.file_id);

  /**
   * Send a question below the message `parent` and show it. `draft` hears whether it was `taken` or `refused`, in which
   * conversation, and whether that is still open; `again` sends it once more, after a new sign-in.
   */
  const deliver = async (question, parent, draft) => {
    sending = true;
    const here = visit;
    countdowns.cancelAll(current);
    let id = current;
    let goOn = false;
    const placed = place({ parent_id: parent, content: question.content.trim() ? question.content : T('question.default'),
      file: question.file });
    try {
      id = await conversationToAsk(question, here);
      const turn = await api('POST', `/api/sessions/${id}/turns/`,
        { content: question.content, file_id: question.file?.file_id, client_id: question.attempt, parent_id: parent,
          other_file_ids: others(question) });
      draft.taken(id, visit === here);
      if (visit !== here) {
        await refreshList();
        return;
      }
      placed.name(turn);
    } catch (error) {
      if (visit === here) placed.remove();
      draft.refused(id, visit === here);
      if (visit === here) {
        // Another tab asks here already: show that, and keep the draft for afterwards.
        if (error.status === 409) await load(current);
        if (error.status === 401) goOn = true;
      }
      if (!goOn) throw error;
    } finally {
      sending = false;
    }
    if (goOn) {
      await dialogs.signIn(user.username); // the draft is in its box meanwhile
      if (visit === here) await draft.again();
    }
  };

  /** Put a question that was not taken back into the box, before what has been typed since. */
  const takeBack = (draft, edited) => {
    const typed = composer.draft();
    if (edited) edit(edited);
    composer.setDraft({
      content: [draft.content, edited ? '' : typed.content].filter(Boolean).join('\n'),
      uploads: [...(draft.uploads || []), ...(edited ? [] : typed.uploads)],
      chosen: draft.chosen,
    });
    attempt = draft.attempt;
    keepDraft();
  };

  const busy = () => {
    if (runningTurn || sending) throw new fabrix.Refused(409, { error: 'turn_running' });
  };

  const again = attempted(async (entry) => {
    busy();
    const here = visit;
    countdowns.cancelAll(current);
    const turn = await call('POST', `/api/turns/${entry.turn_id}/again`);
    if (visit === here) showAnother(turn);
  });

  const stop = attempted(async () => {
    if (runningTurn) await call('POST', `/api/turns/${runningTurn}/stop`);
  });

  const edit = attempted(async (entry) => {
    busy();
    editing = { entry, waiting: editing ? editing.waiting : composer.draft() };
    attempt = null;
    composer.setDraft({ content: entry.content, chosen: entry.file ? entry.file.file_id : null });
    composer.setEditing(true);
    composer.focus();
  });

  const endEdit = () => {
    if (!editing) return;
    const { waiting } = editing;
    editing = null;
    attempt = null;
    composer.setEditing(false);
    composer.setDraft(waiting);
  };

  const choose = attempted(async (messageId) => {
    const here = visit;
    await call('POST', `/api/sessions/${current}/version`, { message_id: messageId });
    if (visit === here) await load(current);
  });

  // The list of conversations

  const rename = attempted(async (session, title) => {
    await call('PATCH', `/api/sessions/${session.id}/`, { title });
    // The list may have been read anew while the name was typed.
    sessions = sessions.map((item) => (item.id === session.id ? { ...item, title } : item));
    showAround();
  });

  const pin = attempted(async (session) => {
    const pinned = !session.pinned;
    await call('PATCH', `/api/sessions/${session.id}/`, { pinned });
    sessions = sessions.map((item) => (item.id === session.id ? { ...item, pinned } : item));
    showAround();
    sidebar.focusPin(session.id);
  });

  const remove = attempted(async (session) => {
    const title = session.title || T('page.untitled');
    if (!(await dialogs.confirm(T('page.confirm_delete', { title }), T('page.delete')))) return;
    await call('DELETE', `/api/sessions/${session.id}/`);
    drafts.keep(session.id, {});
    countdowns.cancelAll(session.id);
    sessions = sessions.filter((item) => item.id !== session.id);
    if (session.id === current) await fresh();
    else showAround();
  });

  const chooseAgent = attempted(async (id) => {
    const here = visit;
    try {
      if (current) await call('PATCH', `/api/sessions/${current}/`, { agent_id: id });
      if (visit === here) agentId = id;
    } finally {
      showAround(); // a refused choice goes back to what it was
    }
  });

  const signOut = attempted(async () => {
    await api('POST', '/api/auth/logout/').catch((error) => { if (error.status !== 401) throw error; });
    drafts.forget();
    countdowns.forget();
    location.assign('/login/');
  });

  // The beginning

  const fromAddress = async () => {
    const id = new URLSearchParams(location.search).get('c');
    if (id) await open(id, { push: false });
    if (!id || current !== id) {
      const told = $('#notice').textContent;
      await fresh({ push: false });
      say(told);
    }
  };

  const begin = attempted(async () => {
    user = await call('GET', '/api/me');
    sidebar.showUser(user);
    composer.setLimit(user.server.upload_limit_mb);
    $('#local-note').hidden = !user.server.local_only;
    [agents, sessions] = await Promise.all([call('GET', '/api/agents/'), call('GET', '/api/sessions/')]);
    agentId = agents.preferred;
    countdowns.start(askAgain);
    await Promise.all([fromAddress(), limits.start()]);
    document.body.dataset.ready = '';
  });

  const start = () => {
    document.documentElement.lang = fabrix.language; // Gradio has set the browser's, which may be a third one
    fabrix.translate(parts.header);
    sidebar.start({ open, fresh, rename, pin, remove, chooseAgent, signOut, showAround }, parts.side);
    composer.start({ send, stop, say, drafted }, parts.composer);
    transcript.start({ edit, again, choose, waitLonger, askNext, show });
    $('#menu').addEventListener('click', sidebar.toggle);
    $('#cancel-edit').addEventListener('click', endEdit);
    $('#earlier').addEventListener('click', () => {
      hidden = Math.max(0, hidden - transcript.SHOWN);
      show();
      showAround();
    });
    document.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.isComposing || $('dialog[open]') || sidebar.closed(event)) return;
      if (runningTurn) stop();
      else endEdit();
    });
    addEventListener('popstate', fromAddress);
    begin();
  };

  /** Called by each gr.HTML when it is drawn; the composer's brings the bridge to the Chatbot. */
  const mount = (name, element, given = null) => {
    parts[name] = element;
    bridge = given || bridge;
    if (!(parts.side && parts.header && parts.composer)) return;
    if ($('#transcript [role=log]')) start();
    else setTimeout(() => mount(name, element), 20);
  };

  return { mount };
})();
