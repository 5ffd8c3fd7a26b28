/** Where the results of an entity fetch belong, and where its errors are told. */
import { type PlanPath, type Position, sharedPaths } from './flatten.ts';
import { answerPath, type Shape } from './graft.ts';
import type { JsonObject } from './json.ts';
import type { PlacedError, Run } from './run.ts';

/** An object of the tree that waits for the result at `index`. */
export interface Place {
  readonly object: JsonObject;
  readonly path: PlanPath;
  readonly position: Position | undefined;
  readonly index: number;
}

/** What was asked under one response key of the fetch, and the places that wait for it. */
export interface Asked {
  readonly alias: string;
  readonly shape: Shape;
  readonly places: readonly Place[];
}

/** Tells an error at every place it concerns, in the terms of the answer. */
export function createPlacing(run: Run, asked: readonly Asked[]): (error: PlacedError) => void {
  const byIndex = new Map<number, Map<number, Place[]>>();
  const shared = new Map<number, (string | number)[][]>();

  const placesAt = (position: number, index: unknown): readonly Place[] => {
    let places = byIndex.get(position);
    if (places === undefined) {
      places = new Map();
      for (const place of asked[position]?.places ?? []) {
        const same = places.get(place.index);
        if (same === undefined) places.set(place.index, [place]);
        else same.push(place);
      }
      byIndex.set(position, places);
    }
    return (typeof index === 'number' ? places.get(index) : undefined) ?? [];
  };

  /** Where all places of an alias, or of the whole fetch, hang together. */
  const sharedAt = (position: number): (string | number)[][] => {
    let paths = shared.get(position);
    if (paths === undefined) {
      const places = position === -1 ? asked.flatMap(({ places }) => places) : (asked[position]?.places ?? []);
      paths = sharedPaths(places.map(responsePath));
      shared.set(position, paths);
    }
    return paths;
  };

  return (error) => {
    const [alias, index, ...inside] = error.path;
    const position = asked.findIndex((candidate) => candidate.alias === alias);
    const places = placesAt(position, index);
    const tail = places.length > 0 ? answerPath(inside, asked[position]?.shape) : [];
    for (const [at, place] of places.entries()) {
      if (run.errors.isFull()) return run.errors.leaveOut(places.length - at);
      run.errors.add(error, [...responsePath(place), ...tail]);
    }
    if (places.length > 0) return;
    // It concerns all that was asked: told once per root field.
    const paths = sharedAt(position);
    for (const path of paths.length > 0 ? paths : sharedAt(-1)) run.errors.add(error, path);
  };
}

function responsePath({ path, position }: Place): (string | number)[] {
  return path.responsePath(position);
}
