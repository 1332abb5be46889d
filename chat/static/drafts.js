// Drafts, one for each conversation: they outlive a reload, in this tab only, and are forgotten at sign-out.
fabrix.drafts = (() => {
  const PREFIX = 'fabrix-draft-';
  const keyOf = (conversation) => PREFIX + (conversation || 'new');

  // Where a browser's storage is switched off or full, the draft lives in its box alone.
  const tried = (work) => {
    try {
      return work();
    } catch {
      return null;
    }
  };

  const keep = (conversation, draft) => tried(() => {
    if (draft.content || draft.uploads?.length) sessionStorage.setItem(keyOf(conversation), JSON.stringify(draft));
    else sessionStorage.removeItem(keyOf(conversation));
  });

  const kept = (conversation) => tried(() => JSON.parse(sessionStorage.getItem(keyOf(conversation)))) || {};

  const forget = () => tried(() => {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  });

  return { keep, kept, forget };
})();
