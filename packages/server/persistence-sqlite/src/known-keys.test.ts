import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type EntityKey, EntityKind } from "@perdure/persistence";
import { KNOWN_HASHES_MAX, KnownKeys } from "./known-keys.js";

function key(businessId: string): EntityKey {
  return { kind: EntityKind.WORKFLOW, namespaceId: "n", businessId };
}

describe("KnownKeys", () => {
  it("calls no key new before it knows all stored ones", () => {
    const known = new KnownKeys();
    assert.ok(!known.isNew(key("a")));
    known.complete();
    assert.ok(known.isNew(key("a")));
  });

  it("knows what was added, before and after it grew", () => {
    const known = new KnownKeys();
    known.complete();
    const names = Array.from({ length: 10_000 }, (_, index) => `order-${index}`);
    for (const name of names) {
      known.add(key(name));
      assert.ok(!known.isNew(key(name)));
    }
    assert.ok(names.every((name) => !known.isNew(key(name))));
    const others = names.filter((name) => known.isNew(key(`${name}-other`)));
    assert.ok(others.length > names.length - 10);
  });

  it("takes a hash of zero", () => {
    const known = new KnownKeys();
    known.complete();
    for (let hash = 0; hash < 5_000; hash++) known.addHash(hash);
    assert.ok(!known.isFull);
  });

  it("calls nothing new once there are too many", () => {
    const known = new KnownKeys();
    known.complete();
    for (let hash = 1; hash <= KNOWN_HASHES_MAX; hash++) known.addHash(hash * 2654435761);
    assert.ok(!known.isFull);
    known.addHash(5);
    assert.ok(known.isFull);
    assert.ok(!known.isNew(key("a")));
    known.add(key("b"));
  });
});
