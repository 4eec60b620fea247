// Checking a password costs a core for a while. One is checked at a time, addresses in turn, so that nobody who tries thousands keeps the others out.

interface Waiting {
  work(): Promise<void>;
}
const lanes = new Map<string, Waiting[]>();
let busy = false;

/** So many may wait from one address; whoever comes later is sent away. */
export const MOST_WAITING = 50;

/** Does the work when it is this address's turn; null when too many from there wait already. */
export async function inTurn<T>(address: string, work: () => Promise<T>): Promise<T | null> {
  const lane = lanes.get(address) ?? [];
  if (lane.length >= MOST_WAITING) return null;
  lanes.set(address, lane);
  return new Promise<T>((resolve, reject) => {
    lane.push({ work: () => work().then(resolve, reject) });
    if (!busy) void goOn();
  });
}

async function goOn(): Promise<void> {
  busy = true;
  for (let [next] = lanes; next; [next] = lanes) {
    const [address, lane] = next;
    // To the end of the round, with what still waits.
    lanes.delete(address);
    const first = lane.shift();
    if (lane.length > 0) lanes.set(address, lane);
    await first?.work();
  }
  busy = false;
}
