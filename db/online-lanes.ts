// The lanes of 联机业务: messages of one merchant in their order, each batch one transaction.
import { openLanes as open } from './lanes.ts';
import { type Answered, type Incoming, type Render, takeMessages } from './online.ts';

export interface OnlineLanes {
  take(incoming: Incoming): Promise<Answered>;
  close(): Promise<void>;
}

/** `committed` is called when a batch stands and before anybody is answered. */
export function openOnlineLanes(url: string, count: number, render: Render, points: { decided(): void; committed(): void }): OnlineLanes {
  const lanes = open<Incoming, Answered>(url, count, 'zhangfang online', async (sql, batch) => {
    const answers = await sql.begin(async (tx) => {
      const decided = await takeMessages(tx, batch, render);
      points.decided();
      return decided;
    });
    points.committed();
    return answers as Answered[];
  });
  return { take: (incoming) => lanes.take(incoming.message.merchantNo, incoming), close: lanes.close };
}
