/** Labels of one endpoint. */
export type Labels = Readonly<Record<string, string>>;
export type Selector = (labels: Labels) => boolean;

interface Token {
  readonly kind: 'word' | 'literal' | 'sign';
  readonly text: string;
}

// Only space and tab separate; a newline is an error (libcalico-go/lib/selector/tokenizer).
const pattern = /[ \t]*(?:(\|\||&&|==|!=|[!(){},])|'([^']*)'|"([^"]*)"|([A-Za-z0-9_./-]{1,512}))/y;

function tokenize(text: string): Token[] {
  const found: Token[] = [];
  const source = text.replace(/[ \t]+$/, '');
  pattern.lastIndex = 0;
  while (pattern.lastIndex < source.length) {
    const match = pattern.exec(source);
    if (!match) throw new SelectorError(text);
    const [, sign, single, double, word] = match;
    const literal = single ?? double;
    if (sign !== undefined) found.push({ kind: 'sign', text: sign });
    else if (literal !== undefined) found.push({ kind: 'literal', text: literal });
    else found.push({ kind: 'word', text: word ?? '' });
  }
  return found;
}

export class SelectorError extends Error {
  constructor(text: string) {
    super(`the selector "${text}" cannot be read`);
    this.name = 'SelectorError';
  }
}

/** Calico's selector grammar. @throws SelectorError */
export function parseSelector(text: string): Selector {
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
  const chain = (sign: string, part: () => Selector, join: (tests: Selector[]) => Selector): Selector => {
    const tests = [part()];
    while (isSign(sign)) {
      at += 1;
      tests.push(part());
    }
    return tests.length === 1 && tests[0] ? tests[0] : join(tests);
  };

  const either = (): Selector => chain('||', both, (tests) => (labels) => tests.some((test) => test(labels)));
  const both = (): Selector => chain('&&', operation, (tests) => (labels) => tests.every((test) => test(labels)));
  const operation = (): Selector => {
    if (isSign('!')) {
      at += 1;
      const test = operation();
      return (labels) => !test(labels);
    }
    if (isSign('(')) {
      at += 1;
      const test = either();
      next('sign', ')');
      return test;
    }
    const word = next('word');
    return isSign('(') ? call(word) : comparison(word);
  };
  const call = (name: string): Selector => {
    next('sign', '(');
    if (name === 'has') {
      const label = next('word');
      next('sign', ')');
      return (labels) => Object.hasOwn(labels, label);
    }
    next('sign', ')');
    if (name === 'all') return () => true;
    if (name === 'global') return (labels) => !Object.hasOwn(labels, 'projectcalico.org/namespace');
    return fail();
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
  /** An absent label fails every comparison but `!=` and `not in`. */
  const comparison = (label: string): Selector => {
    const labelValue = (labels: Labels) => (Object.hasOwn(labels, label) ? labels[label] : undefined);
    if (isSign('==') || isSign('!=')) {
      const sign = next('sign');
      const value = next('literal');
      return (labels) => (labelValue(labels) === value) === (sign === '==');
    }
    const operator = next('word');
    if (operator === 'contains' || operator === 'startswith' || operator === 'endswith') return textual(operator);
    if (operator === 'starts' || operator === 'ends') {
      next('word', 'with');
      return textual(`${operator}with`);
    }
    const isNegated = operator === 'not' || operator === 'notin';
    if (operator === 'not') next('word', 'in');
    else if (operator !== 'in' && operator !== 'notin') return fail();
    const wanted = values();
    return (labels) => {
      const value = labelValue(labels);
      return (value !== undefined && wanted.includes(value)) !== isNegated;
    };

    function textual(how: string): Selector {
      const part = next('literal');
      return (labels) => {
        const value = labelValue(labels);
        if (value === undefined) return false;
        if (how === 'contains') return value.includes(part);
        return how === 'startswith' ? value.startsWith(part) : value.endsWith(part);
      };
    }
  };

  if (tokens.length === 0) return () => true;
  const test = either();
  return at === tokens.length ? test : fail();
}
