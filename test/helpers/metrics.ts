import type { Counter, Gauge, Histogram } from 'prom-client';

type Labels = Readonly<Record<string, string>>;

/** What a metric shows for these labels, as a scraper would read it: a histogram's count; undefined where it shows nothing. */
export async function shownBy(metric: Counter | Gauge | Histogram, labels: Labels = {}): Promise<number | undefined> {
  const { values, type } = await metric.get();
  const found = values.find(
    (value) =>
      (String(type) !== 'histogram' || ('metricName' in value && String(value.metricName).endsWith('_count'))) &&
      Object.entries(labels).every(([name, wanted]) => value.labels[name] === wanted),
  );
  return found?.value;
}
