/** Calico's selector grammar as a tree (libcalico-go/lib/selector/parser). */
export type Expression =
  | { readonly op: 'all' | 'global' }
  | { readonly op: 'has'; readonly label: string }
  | {
      readonly op: '==' | '!=' | 'contains' | 'startswith' | 'endswith';
      readonly label: string;
      readonly value: string;
    }
  | { readonly op: 'in' | 'notin'; readonly label: string; readonly values: readonly string[] }
  | { readonly op: 'not'; readonly of: Expression }
  | { readonly op: 'and' | 'or'; readonly of: readonly Expression[] };

interface Token {
  /** `has(`, `all(` and `global(` are calls only where the parenthesis follows at once. */
  readonly kind: 'word' | 'literal' | 'sign' | 'call';
  readonly text: string;
}

/** Deeper than anybody writes, and shallow enough for the stack. */
const deepest = 200;

export class SelectorError extends Error {
  constructor(text: string) {
    super(`the selector "${text.length > 120 ? `${text.slice(0, 120)}…` : text}" cannot be read`);
    this.name = 'SelectorError';
  }
}

// Only space and tab separate; a newline is an error (libcalico-go/lib/selector/tokenizer).
const pattern = /[ \t]*(?:(\|\||&&|==|!=|[!(){},])|'([^']*)'|"([^"]*)"|(has|all|global)\(|([A-Za-z0-9_./-]{1,512}))/y;

function withoutBlanksAtEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\t')) end -= 1;
  return text.slice(0, end);
}

function tokenize(text: string): Token[] {
  const found: Token[] = [];
  const source = withoutBlanksAtEnd(text);
  pattern.lastIndex = 0;
  while (pattern.lastIndex < source.length) {
    const match = pattern.exec(source);
    if (!match) throw new SelectorError(text);
    const [, sign, single, double, call, word] = match;
    const literal = single ?? double;
    if (sign !== undefined) found.push({ kind: 'sign', text: sign });
    else if (literal !== undefined) found.push({ kind: 'literal', text: literal });
    else if (call !== undefined) found.push({ kind: 'call', text: call });
    else found.push({ kind: 'word', text: word ?? '' });
  }
  return found;
}

/** @throws SelectorError */
export function parseExpression(text: string): Expression {
  const tokens = tokenize(text);
  let at = 0;
  const peek = () => tokens[at];
  const isSign = (sign: string) => peek()?.kind === 'sign' && peek()?.text === sign;
  const fail = (): never => {
    throw new SelectorError(text);
  };
  const next = (kind: Token['kind'], expected?: string): string => {
    const token = tokens[at];
    if (token?.kind !== kind || (expected !== undefined && token.text !== expected)) return fail();
    at += 1;
    return token.text;
  };
  const chain = (sign: string, op: 'and' | 'or', part: () => Expression): Expression => {
    const first = part();
    const of = [first];
    while (isSign(sign)) {
      at += 1;
      of.push(part());
    }
    return of.length === 1 ? first : { op, of };
  };

  let depth = 0;
  const either = (): Expression => chain('||', 'or', both);
  const both = (): Expression => chain('&&', 'and', operation);
  const operation = (): Expression => {
    let isNegated = false;
    while (isSign('!')) {
      at += 1;
      isNegated = !isNegated;
    }
    const of = operand();
    return isNegated ? { op: 'not', of } : of;
  };
  const operand = (): Expression => {
    if (!isSign('(')) return peek()?.kind === 'call' ? call(next('call')) : comparison(next('word'));
    depth += 1;
    if (depth > deepest) fail();
    at += 1;
    const inner = either();
    next('sign', ')');
    depth -= 1;
    return inner;
  };
  const call = (name: string): Expression => {
    const label = name === 'has' ? next('word') : null;
    next('sign', ')');
    if (label !== null) return { op: 'has', label };
    return { op: name === 'all' ? 'all' : 'global' };
  };
  const values = (): string[] => {
    next('sign', '{');
    const found: string[] = [];
    while (!isSign('}')) {
      found.push(next('literal'));
      if (!isSign('}')) next('sign', ',');
    }
    next('sign', '}');
    return found;
  };
  const comparison = (label: string): Expression => {
    if (isSign('==') || isSign('!=')) {
      const op = next('sign') === '==' ? '==' : '!=';
      return { op, label, value: next('literal') };
    }
    const operator = next('word');
    switch (operator) {
      case 'contains':
      case 'startswith':
      case 'endswith':
        return { op: operator, label, value: next('literal') };
      case 'starts':
      case 'ends':
        next('word', 'with');
        return { op: `${operator}with`, label, value: next('literal') };
      case 'in':
      case 'notin':
        return { op: operator, label, values: values() };
      case 'not':
        next('word', 'in');
        return { op: 'notin', label, values: values() };
      default:
        return fail();
    }
  };

  if (tokens.length === 0) return { op: 'all' };
  const expression = either();
  return at === tokens.length ? expression : fail();
}
