// Figures of a benchmark: medians, percentiles, closed and open loops.
import { setTimeout as pause } from 'node:timers/promises';

export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))] ?? Number.NaN;
}
export const median = (values: readonly number[]) => percentile(values, 50);
export const show = (ms: number) => `${ms.toFixed(1)} ms`;

/** Closed loop: `width` at a time until `total` are done; answers how many a second. */
export async function closedLoop(total: number, width: number, one: (n: number) => Promise<void>): Promise<number> {
  let next = 0;
  const began = performance.now();
  const lane = async () => {
    while (next < total) await one(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return (total * 1000) / (performance.now() - began);
}

/**
 * Closed loop over a time: `width` at a time, and how many end a second within `seconds`. They are counted once `ramp` seconds have filled the line, since whoever takes longer
 * fills it later; what is then under way is waited for, but not counted.
 */
export async function closedWindow(ramp: number, seconds: number, width: number, one: () => Promise<void>): Promise<number> {
  const from = performance.now() + ramp * 1000;
  const end = from + seconds * 1000;
  let ended = 0;
  const lane = async () => {
    while (performance.now() < end) {
      await one();
      const now = performance.now();
      if (now >= from && now < end) ended += 1;
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return ended / seconds;
}

/** Open loop: starts at a fixed rate whatever the answers do, and counts from when each should have begun (no co-ordinated omission). */
export async function openLoop(rate: number, seconds: number, one: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  const total = Math.ceil(rate * seconds);
  const began = performance.now();
  await new Promise<void>((resolve, reject) => {
    const ask = async (due: number) => {
      await one();
      if (times.push(performance.now() - due) === total) resolve();
    };
    const start = async () => {
      for (let n = 0; n < total; n++) {
        const due = began + (n * 1000) / rate;
        const wait = due - performance.now();
        if (wait > 1) await pause(wait);
        ask(due).catch(reject);
      }
    };
    void start();
  });
  return times;
}
