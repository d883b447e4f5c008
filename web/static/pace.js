// How fast a broadcast goes now, from its last seconds. A sample: {at (milliseconds), done (recipients)}.
const SPAN_MS = 10000;

// The samples with one more; those that are too old for it are gone.
export const withSample = (samples, sample) => [...samples.filter(({ at }) => at >= sample.at - SPAN_MS), sample];

// Recipients per second, null before there are two samples.
export function rateOf(samples) {
  const first = samples[0];
  const last = samples.at(-1);
  return samples.length > 1 && last.at > first.at ? ((last.done - first.done) * 1000) / (last.at - first.at) : null;
}

export const rateText = (rate) => Math.round(rate).toLocaleString("en");

// "1:05" for what is left at this rate; "–" when it never ends.
export function timeText(left, rate) {
  const seconds = Math.ceil(left / rate);
  return rate > 0 ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : "–";
}
