// The business lives in Asia/Shanghai, which has had one offset without summer time since 1991.

const offsetMs = 8 * 3_600_000;

/** Business date `yyyymmdd` of an instant (epoch ms). */
export function businessDate(at: number): string {
  return new Date(at + offsetMs).toISOString().slice(0, 10).replaceAll('-', '');
}

/** `2026-11-23 14:05:12` in Shanghai. */
export function shanghaiTime(at: number): string {
  return new Date(at + offsetMs).toISOString().slice(0, 19).replace('T', ' ');
}

export const minutes = (n: number) => n * 60_000;
export const hours = (n: number) => n * 3_600_000;
export const days = (n: number) => n * 86_400_000;
