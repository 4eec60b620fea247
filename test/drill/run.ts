// `npm run drill`: every case ten times (or as often as the first argument says; the second chooses by name), with recovery times.
import { cases } from './cases.ts';
import { House } from './house.ts';

const times = Number(process.argv[2] ?? 10);
const only = process.argv[3] ?? '';
const house = new House();
console.log(`ready after ${await house.start()} ms`);
try {
  const [clerk, check] = [await house.signIn('clerk001'), await house.signIn('check001')];
  for (const { name, run } of cases.filter((one) => one.name.includes(only))) {
    const recoveries: number[] = [];
    for (let i = 0; i < times; i++) {
      recoveries.push(await run(house, clerk, check));
      await house.ready();
    }
    const sorted = recoveries.toSorted((a, b) => a - b);
    console.log(`${name}: ${times} times, nothing lost, nothing doubled; recovered in ${sorted[0]}–${sorted.at(-1)} ms (median ${sorted[times >> 1]} ms)`);
  }
} finally {
  await house.close();
}
process.exit(0);
