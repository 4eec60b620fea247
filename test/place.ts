// Where the stories of a file happen: a world with a worker and a web of its own, opened before them and closed after them.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { openSite, type Site } from './web/site.ts';
import { openWorld, type World } from './world.ts';

/** `ready` prepares what the stories share; `over` looks once more at the end. */
export interface Hooks {
  ready?: (() => Promise<unknown>) | undefined;
  over?: (() => Promise<unknown>) | undefined;
}
export interface Place {
  readonly world: World;
  readonly site: Site;
}

export function placeOfStories({ ready, over }: Hooks = {}): Place {
  let place: Place | undefined;
  const here = (): Place => {
    assert.ok(place, 'the stories have begun');
    return place;
  };
  before(async () => {
    const world = await openWorld();
    await world.work();
    place = { world, site: await openSite(world) };
    await ready?.();
  });
  after(async () => {
    try {
      if (place) await over?.();
    } finally {
      await place?.site.close();
      await place?.world.close();
    }
  });
  return {
    get world() {
      return here().world;
    },
    get site() {
      return here().site;
    },
  };
}
