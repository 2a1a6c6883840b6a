type Labels = Readonly<Record<string, string>>;
type Test = (labels: Labels) => boolean;

const token = /\s*(\|\||&&|==|!=|!|\(|\)|\{|\}|,|'[^']*'|"[^"]*"|[A-Za-z0-9_./-]+)/y;

function tokens(text: string): string[] {
  const found: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const match = token.exec(text);
    if (!match?.[1]) throw new Error(`selector cannot be read: ${text}`);
    found.push(match[1]);
  }
  return found;
}

/** Calico's selector grammar, as far as the lab's policies use it (libcalico-go/lib/selector). */
export function selector(text: string): Test {
  const words = tokens(text);
  let at = 0;
  const take = (expected?: string): string => {
    const word = words[at];
    if (word === undefined || (expected !== undefined && word !== expected)) {
      throw new Error(`selector cannot be read: ${text}`);
    }
    at += 1;
    return word;
  };
  const literal = () => take().slice(1, -1);

  const either = (): Test => {
    const tests = [both()];
    while (words[at] === '||') {
      at += 1;
      tests.push(both());
    }
    return (labels) => tests.some((test) => test(labels));
  };
  const both = (): Test => {
    const tests = [one()];
    while (words[at] === '&&') {
      at += 1;
      tests.push(one());
    }
    return (labels) => tests.every((test) => test(labels));
  };
  const one = (): Test => {
    const word = take();
    if (word === '!') {
      const test = one();
      return (labels) => !test(labels);
    }
    if (word === '(') {
      const test = either();
      take(')');
      return test;
    }
    if (words[at] === '(') {
      take('(');
      if (word === 'has') {
        const label = take();
        take(')');
        return (labels) => label in labels;
      }
      take(')');
      return () => word === 'all';
    }
    return comparison(word);
  };
  const comparison = (label: string): Test => {
    const operator = take();
    if (operator === '==') {
      const value = literal();
      return (labels) => labels[label] === value;
    }
    if (operator === '!=') {
      const value = literal();
      return (labels) => labels[label] !== value;
    }
    if (operator === 'contains') {
      const value = literal();
      return (labels) => labels[label]?.includes(value) ?? false;
    }
    if (operator === 'starts' || operator === 'ends') {
      take('with');
      const value = literal();
      return (labels) => labels[label]?.[`${operator}With`](value) ?? false;
    }
    const isNegated = operator === 'not';
    if (isNegated) take('in');
    take('{');
    const values: string[] = [];
    while (words[at] !== '}') {
      values.push(literal());
      if (words[at] === ',') at += 1;
    }
    take('}');
    return (labels) => values.includes(labels[label] ?? '\0') !== isNegated;
  };

  if (words.length === 0) return () => true;
  const test = either();
  if (at < words.length) throw new Error(`selector cannot be read: ${text}`);
  return test;
}

interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** Kubernetes' LabelSelector; the empty one selects everything. */
export function labelSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): Test {
  return (labels) =>
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      if (operator === 'Exists') return key in labels;
      if (operator === 'DoesNotExist') return !(key in labels);
      return values.includes(labels[key] ?? '\0') === (operator === 'In');
    });
}
