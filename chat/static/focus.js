// Where the focus was, found again after the page was drawn anew around it.
fabrix.focus = (() => {
  const CONTROLS = 'a, button, summary, input, [tabindex]';

  const nameOf = (control) => control.getAttribute('aria-label') || control.value || control.textContent;

  /** What gives the focus back to the control that has it now, or to its namesake in the same place if it was replaced. */
  const held = () => {
    const control = document.activeElement;
    const place = control?.closest('[data-place]')?.dataset.place;
    if (!place) return () => {};
    const name = nameOf(control);
    return () => {
      if (control.isConnected) return;
      const controls = document.querySelectorAll(`[data-place="${place}"] :is(${CONTROLS})`);
      [...controls].find((one) => nameOf(one) === name)?.focus({ preventScroll: true });
    };
  };

  return { held };
})();
