import {
  AlreadyExistsError,
  FailedPreconditionError,
  NotFoundError,
  uuidV7,
} from "@perdure/kernel";
import type { NexusEndpointEntry } from "@perdure/proto/perdure/internal/v1";
import type { EndpointSpecInit } from "@perdure/proto/temporal/api/nexus/v1";
import { EndpointSpec } from "@perdure/proto/temporal/api/nexus/v1";
import { EntityHost } from "../entities/entity-host.js";
import type { EntityHostDeps } from "../entities/entity-stepper.js";
import {
  ENDPOINT_TABLE,
  ENDPOINT_TABLE_LOGIC,
  type EndpointTable,
  stepEndpoints,
} from "./endpoint-table.js";

/** A page of endpoints, by ID. */
export interface EndpointPage {
  readonly endpoints: readonly NexusEndpointEntry[];
  /** ID of the first endpoint of the next page; `undefined` on the last one. */
  readonly nextId: string | undefined;
}

/** The Nexus endpoints of the server, all of them in memory. */
export class NexusEndpoints {
  readonly #host: EntityHost<EndpointTable>;
  #table: EndpointTable = new Map();
  #byName = new Map<string, string>();
  #isStored = false;
  /** Changes come one after another: each is checked against all that came before. */
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(deps: EntityHostDeps) {
    this.#host = new EntityHost(deps, ENDPOINT_TABLE_LOGIC);
  }

  /** The host of the table, for those who wake and stop entities. */
  get host(): EntityHost<EndpointTable> {
    return this.#host;
  }

  /** Reads what is stored; before that there are no endpoints. */
  async load(): Promise<void> {
    const stored = await this.#host.read(ENDPOINT_TABLE);
    this.#isStored = stored !== undefined;
    if (stored !== undefined) this.#adopt(stored);
  }

  /** ID of the endpoint with this name. */
  idOf(name: string): string | undefined {
    return this.#byName.get(name);
  }

  find(id: string): NexusEndpointEntry | undefined {
    return this.#table.get(id);
  }

  /** @throws {AlreadyExistsError} An endpoint has this name. */
  create(spec: EndpointSpecInit): Promise<NexusEndpointEntry> {
    return this.#change(async () => {
      const { name = "" } = spec;
      if (this.#byName.has(name)) {
        throw new AlreadyExistsError(
          `error creating Nexus endpoint. Endpoint with name ${name} already registered`,
        );
      }
      const entry = {
        id: this.#newId(),
        version: 1,
        spec: stored(spec),
        createdAtMs: this.#host.deps.clock.nowMs(),
        modifiedAtMs: 0,
      };
      await this.#store({ put: entry });
      return entry;
    });
  }

  /**
   * Puts another specification in the place of an endpoint's.
   *
   * @throws {NotFoundError}
   * @throws {FailedPreconditionError} The endpoint was changed since the caller read it.
   */
  update(
    id: string,
    update: { readonly version: bigint; readonly spec: EndpointSpecInit },
  ): Promise<NexusEndpointEntry> {
    return this.#change(async () => {
      const known = this.#table.get(id);
      if (known === undefined) {
        throw new NotFoundError(`error updating Nexus endpoint. endpoint ID ${id} not found`);
      }
      if (update.version !== BigInt(known.version)) {
        throw new FailedPreconditionError(
          `nexus endpoint version mismatch. received: ${update.version} expected ${known.version}`,
        );
      }
      const { name = "" } = update.spec;
      const namesake = this.#byName.get(name);
      if (namesake !== undefined && namesake !== id) {
        throw new AlreadyExistsError(
          `error updating Nexus endpoint. Endpoint with name ${name} already registered`,
        );
      }
      const modifiedAtMs = this.#host.deps.clock.nowMs();
      const spec = stored(update.spec);
      const entry = { ...known, version: known.version + 1, spec, modifiedAtMs };
      await this.#store({ put: entry });
      return entry;
    });
  }

  /** @throws {NotFoundError} */
  delete(id: string): Promise<void> {
    return this.#change(async () => {
      if (!this.#table.has(id)) {
        throw new NotFoundError(`error deleting nexus endpoint with ID: ${id}`);
      }
      await this.#store({ removedId: id });
    });
  }

  /**
   * A page of endpoints from the ID `fromId` on; from the first when it is empty.
   *
   * @throws {FailedPreconditionError} There is no endpoint with this ID any more.
   */
  list(page: { readonly fromId: string; readonly limit: number }): EndpointPage {
    const all = [...this.#table.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
    const start = page.fromId === "" ? 0 : all.findIndex(({ id }) => id === page.fromId);
    if (start < 0) {
      throw new FailedPreconditionError(
        "could not find endpoint indicated by nexus list endpoints next page token",
      );
    }
    const end = start + page.limit;
    return { endpoints: all.slice(start, end), nextId: all[end]?.id };
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    const change = this.#lastChange.then(work);
    this.#lastChange = change.catch(() => undefined);
    return change;
  }

  async #store(change: {
    readonly put?: NexusEndpointEntry;
    readonly removedId?: string;
  }): Promise<void> {
    const table = this.#isStored
      ? await this.#host.step(ENDPOINT_TABLE, (known) => stepEndpoints(known, change))
      : await this.#host.create(ENDPOINT_TABLE, () => stepEndpoints(new Map(), change));
    this.#isStored = true;
    this.#adopt(table);
  }

  #adopt(table: EndpointTable): void {
    this.#table = table;
    this.#byName = new Map([...table.values()].map(({ id, spec }) => [spec?.name ?? "", id]));
  }

  #newId(): string {
    const { clock, random } = this.#host.deps;
    return uuidV7(clock.nowMs(), random);
  }
}

function stored(spec: EndpointSpecInit): EndpointSpec {
  return EndpointSpec.decode(EndpointSpec.encode(spec));
}
