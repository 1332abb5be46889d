// Texts on their way into the Chatbot, where raw HTML would be obeyed or altered: shown literally instead.
// One rule for live and stored texts; its test vectors are in tests/browser/literal_vectors.json.
fabrix.literal = (() => {
  const FENCE = /^((?:\s*(?:>|[-*+]\s|\d{1,9}[.)]\s))*\s*)(`{3,}|~{3,})(.*)$/;
  const LIST_ITEM = /^(\s*(?:[-*+]|\d{1,9}[.)])\s+)/;
  const NEW_BLOCK = /^\s*(?:#{1,6}\s|>|(?:[-*+]|\d{1,9}[.)])\s|[|])/;
  const DELIMITER_ROW = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
  const LONGEST = 200000;
  const MOST_MARKS = 4000;

  const spaces = (line) => line.match(/^[ \t]*/)[0].replace(/\t/g, '    ').length;

  /** Neutralise `<` outside of code spans within one inline context (a paragraph, an item, a table cell). */
  const inline = (text) => {
    let out = '';
    for (let at = 0; at < text.length;) {
      const letter = text[at];
      if (letter === '\\' && at + 1 < text.length) {
        // An escaped "<" is shown literally already, but the backslash protects it only until it is rendered.
        out += text[at + 1] === '<' ? '&lt;' : letter + text[at + 1];
        at += 2;
      } else if (letter === '`') {
        const run = text.slice(at).match(/^`+/)[0];
        const end = closing(text, at + run.length, run.length);
        const upTo = end < 0 ? at + run.length : end;
        out += text.slice(at, upTo);
        at = upTo;
      } else {
        out += letter === '<' ? '&lt;' : letter;
        at += 1;
      }
    }
    return out;
  };

  /** Where a code span that began with `length` backticks ends; -1 if it doesn't. */
  const closing = (text, from, length) => {
    const runs = /`+/g;
    runs.lastIndex = from;
    for (let run = runs.exec(text); run; run = runs.exec(text)) {
      if (run[0].length === length) return run.index + length;
    }
    return -1;
  };

  /** A table row: a code span never reaches over the border of its cell. */
  const row = (line) => line.split(/(?<!\\)\|/).map(inline).join('|');

  const paragraph = (lines) => {
    const isTable = lines.length > 1 && lines[0].includes('|') && DELIMITER_ROW.test(lines[1]);
    if (isTable) return lines.map(row);
    return inline(lines.join('\n')).split('\n');
  };

  /** Markdown in which every `<` outside of code is shown and not obeyed. */
  const neutralise = (markdown) => {
    const out = [];
    let open = [];       // lines of one inline context
    let fence = null;    // the marks that opened a fenced block
    let listIndent = 0;  // where the text of the innermost list item begins
    let blank = true;    // the line before was empty, or code
    const flush = () => {
      if (open.length) out.push(...paragraph(open));
      open = [];
    };
    for (const line of markdown.split('\n')) {
      const marks = line.match(FENCE);
      if (fence) {
        out.push(line);
        const bare = line.replace(/^[\s>]*/, '');
        if (bare.startsWith(fence) && !bare.replaceAll(fence[0], '').trim()) fence = null;
        continue;
      }
      if (marks && !(marks[2][0] === '`' && marks[3].includes('`'))) {
        flush();
        // What stands behind the marks names the language: no HTML there, so it is neutralised like prose.
        out.push(marks[1] + marks[2] + marks[3].replaceAll('<', '&lt;'));
        fence = marks[2];
        blank = true;
      } else if (!line.trim()) {
        flush();
        out.push(line);
        blank = true;
      } else if (blank && spaces(line) >= listIndent + 4) {
        out.push(line); // indented code; the next indented line is code, too
      } else {
        if (spaces(line) < listIndent && blank) listIndent = 0;
        const item = line.match(LIST_ITEM);
        if (item) listIndent = spaces(item[1].replace(/\S/g, ' '));
        if (NEW_BLOCK.test(line) && !(line.trimStart().startsWith('|') && open[0]?.includes('|'))) flush();
        open.push(line);
        blank = false;
      }
    }
    flush();
    return out.join('\n');
  };

  /** A text shown exactly as it was typed: no Markdown, no HTML, every space and line where it was. */
  const plain = (text) => text.replace(/\t/g, '    ').split('\n').map((line) => {
    if (!line.trim()) return '\u00a0';
    return line.replace(/[!-/:-@[-`{-~]/g, '\\$&')
      .replace(/^ +| {2,}/g, (run) => '\u00a0'.repeat(run.length));
  }).join('\n');

  /** An agent's text for the Chatbot. What would keep the browser busy for seconds is shown as plain text. */
  const markdown = (text) => {
    const marks = (text.match(/[_*~[\]`]/g) || []).length;
    return text.length > LONGEST || marks > MOST_MARKS ? plain(text) : neutralise(text);
  };

  return { neutralise, plain, markdown };
})();
