/** Told of what the cache does. Labels take few values: outcomes, modes, gates; never ids or texts of callers. */
export interface Metrics {
  /** A counter goes up. */
  count(name: string, labels: Readonly<Record<string, string>>, by?: number): void
  /** One duration, in seconds. */
  observe(name: string, labels: Readonly<Record<string, string>>, seconds: number): void
}

/** Tells nobody. */
export const silentMetrics: Metrics = { count: () => {}, observe: () => {} }

/** Counts in this process, and says so in the text format of Prometheus. */
export interface PrometheusMetrics extends Metrics {
  text(): string
}

/** Upper bounds of the buckets, in seconds. */
const bounds = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

/** Metrics for a scraper: counters as `NAME_total`, durations as histograms `NAME_seconds`. */
export function createPrometheusMetrics(): PrometheusMetrics {
  const counters = new Map<string, Map<string, number>>()
  const histograms = new Map<string, Map<string, { buckets: number[]; sum: number; count: number }>>()

  return {
    count(name, labels, by = 1) {
      const series = entry(counters, name, () => new Map<string, number>())
      const key = labelText(labels)
      series.set(key, (series.get(key) ?? 0) + by)
    },
    observe(name, labels, seconds) {
      const series = entry(histograms, name, () => new Map())
      const histogram = entry(series, labelText(labels), () => ({
        buckets: bounds.map(() => 0),
        sum: 0,
        count: 0,
      }))
      bounds.forEach((bound, i) => {
        if (seconds <= bound) histogram.buckets[i]!++
      })
      histogram.sum += seconds
      histogram.count++
    },
    text() {
      const lines: string[] = []
      for (const [name, series] of counters) {
        lines.push(`# TYPE ${name}_total counter`)
        for (const [labels, value] of series) lines.push(`${name}_total${braced(labels)} ${value}`)
      }
      for (const [name, series] of histograms) {
        lines.push(`# TYPE ${name}_seconds histogram`)
        for (const [labels, { buckets, sum, count }] of series) {
          const and = labels === '' ? '' : `${labels},`
          bounds.forEach((bound, i) => {
            lines.push(`${name}_seconds_bucket{${and}le="${bound}"} ${buckets[i]}`)
          })
          lines.push(`${name}_seconds_bucket{${and}le="+Inf"} ${count}`)
          lines.push(`${name}_seconds_sum${braced(labels)} ${sum}`)
          lines.push(`${name}_seconds_count${braced(labels)} ${count}`)
        }
      }
      return lines.map(line => `${line}\n`).join('')
    },
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) map.set(key, (value = make()))
  return value
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const escaped = (text: string) => text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
  return Object.keys(labels)
    .sort()
    .map(name => `${name}="${escaped(labels[name]!)}"`)
    .join(',')
}

function braced(labels: string): string {
  return labels === '' ? '' : `{${labels}}`
}
