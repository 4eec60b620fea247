// The lanes of 联机业务: messages of one merchant in their order, each batch one transaction.
import { openLanes as open } from './lanes.ts';
import { type Answered, decideAll, type Incoming, type Render } from './online.ts';
import { readScenes } from './online-scene.ts';
import { type Outcome, writeOutcomes } from './online-writes.ts';

export interface OnlineLanes {
  take(incoming: Incoming): Promise<Answered>;
  close(): Promise<void>;
}

/** `committed` is called when a batch stands and before anybody is answered. */
export function openOnlineLanes(url: string, count: number, render: Render, points: { decided(): void; committed(): void }): OnlineLanes {
  const lanes = open<Incoming, Answered>(url, count, 'zhangfang online', async (sql, batch) => {
    const outcomes = (await sql.begin(async (tx) => {
      const tables = await readScenes(tx, batch);
      const decided = decideAll(tables, batch, render);
      await writeOutcomes(tx, tables, decided);
      points.decided();
      return decided;
    })) as Outcome[];
    points.committed();
    return outcomes.map(({ verdict, body }) => ({ code: verdict.code, body }));
  });
  return { take: (incoming) => lanes.take(incoming.message.merchantNo, incoming), close: lanes.close };
}
