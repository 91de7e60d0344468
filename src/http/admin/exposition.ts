/** Prometheus's text format, https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format. */

/** `labels`: of one series; `value`: undefined ones are left out. */
type Sample = Readonly<{ labels?: Readonly<Record<string, string>>; value: number | undefined }>;

export type Metric = Readonly<{
  name: string;
  type: "gauge" | "counter";
  help: string;
  samples: readonly Sample[];
}>;

const escaped = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

const labelsOf = (labels: Readonly<Record<string, string>>): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
};

/** Metrics without a sample are left out. Lines end with a line feed, the last one too. */
export const exposition = (metrics: readonly Metric[]): string =>
  metrics
    .flatMap(({ name, type, help, samples }) => {
      const lines = samples.flatMap(({ labels = {}, value }) =>
        value === undefined ? [] : [`${name}${labelsOf(labels)} ${value}`],
      );
      const text = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
      return lines.length === 0 ? [] : [`# HELP ${name} ${text}`, `# TYPE ${name} ${type}`, ...lines];
    })
    .map((line) => `${line}\n`)
    .join("");
