import type { TokenKind } from './scan.ts';

/**
 * Follows the tokens of one statement and says where it ends: at a semicolon outside of parentheses and outside of the
 * BEGIN ATOMIC … END body of an SQL-standard function. Also knows a COPY … FROM stdin when it sees one.
 */
export class StatementTracker {
  #parentheses = 0;
  #bodies = 0;
  #words = 0;
  #previous = '';
  #command = '';
  #copy: 'no' | 'copy' | 'from' | 'stdin' = 'no';

  /** Takes the next token; true when it is the semicolon that ends the statement. */
  takes(kind: TokenKind, text: string): boolean {
    switch (kind) {
      case 'space':
      case 'line-comment':
      case 'block-comment':
        return false;
      case 'semicolon':
        if (this.#parentheses === 0 && this.#bodies === 0) return true;
        break;
      case 'open':
        if (text === '(') this.#parentheses++;
        break;
      case 'close':
        if (text === ')') this.#parentheses = Math.max(0, this.#parentheses - 1);
        break;
      case 'word':
        this.#takeWord(text.toLowerCase());
        return false;
      default:
        break;
    }
    this.#previous = text;
    return false;
  }

  /** Whether the statement so far is a COPY … FROM stdin, after which rows follow instead of SQL. */
  get readsRows(): boolean {
    return this.#copy === 'stdin';
  }

  #takeWord(word: string): void {
    // After a dot or AS even a keyword is a plain name: `t.end`, `… as "case"` without the quotes.
    const keyword = this.#previous !== '.' && this.#previous !== 'as';
    this.#words++;
    if (this.#words === 1) {
      this.#command = word;
      if (word === 'copy') this.#copy = 'copy';
    } else if (this.#parentheses === 0 && this.#bodies === 0 && this.#copy !== 'no') {
      if (this.#copy === 'copy' && word === 'from') this.#copy = 'from';
      else if (this.#copy === 'from' && this.#previous === 'from') this.#copy = word === 'stdin' ? 'stdin' : 'no';
    }
    if (this.#command === 'create' && keyword && this.#parentheses === 0) {
      if (word === 'atomic' && this.#previous === 'begin') this.#bodies++;
      else if (this.#bodies > 0 && word === 'case') this.#bodies++;
      else if (this.#bodies > 0 && word === 'end') this.#bodies--;
    }
    this.#previous = word;
  }
}
