import type { CallRate, GroupRates, NamespaceQuota, QuotaSource } from "@perdure/frontend";
import type { ReadSettings } from "./read-settings.js";
import { type CallLimits, DEFAULT_SETTINGS, type DynamicSettings } from "./settings.js";

/**
 * The settings that hold at the moment. Whoever needs them keeps `current`, which is the same
 * object for as long as the server runs, and asks `of()` where namespaces may have their own.
 */
export class LiveSettings implements QuotaSource {
  readonly #current: DynamicSettings = { ...DEFAULT_SETTINGS };
  #namespaces: ReadonlyMap<string, DynamicSettings> = new Map();
  #isOn = false;
  #server: GroupRates = serverRates(DEFAULT_SETTINGS);
  #quota: NamespaceQuota = namespaceQuota(DEFAULT_SETTINGS);
  #quotas: ReadonlyMap<string, NamespaceQuota> = new Map();

  get current(): DynamicSettings {
    return this.#current;
  }

  /** Whether some namespace has settings of its own. */
  get hasNamespaces(): boolean {
    return this.#namespaces.size > 0;
  }

  /** Settings of a namespace, by its name. */
  settingsOf(namespace: string): DynamicSettings {
    if (this.#namespaces.size === 0) return this.#current;
    return this.#namespaces.get(namespace) ?? this.#current;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  get server(): GroupRates {
    return this.#server;
  }

  of(namespace: string): NamespaceQuota {
    if (this.#quotas.size === 0) return this.#quota;
    return this.#quotas.get(namespace) ?? this.#quota;
  }

  replace({ settings, namespaces }: Pick<ReadSettings, "settings" | "namespaces">): void {
    Object.assign(this.#current, settings);
    this.#namespaces = namespaces;
    this.#server = serverRates(settings);
    this.#quota = namespaceQuota(settings);
    this.#quotas = new Map([...namespaces].map(([name, own]) => [name, namespaceQuota(own)]));
    const quotas = [this.#quota, ...this.#quotas.values()];
    this.#isOn = isLimited(this.#server) || quotas.some(isQuotaLimited);
  }
}

function isLimited(rates: GroupRates): boolean {
  return Object.values(rates).some(({ perSecond }) => perSecond > 0);
}

function isQuotaLimited({ rates, longRunningMax }: NamespaceQuota): boolean {
  return longRunningMax > 0 || isLimited(rates);
}

/** All calls together may come at twice their rate after a pause. */
const SERVER_BURST = 2;

function serverRates(limits: CallLimits): GroupRates {
  const { serverRate, clusterRate, serverChangeRate, operatorShare } = limits;
  const rate = callRate(clusterRate || serverRate, SERVER_BURST, operatorShare);
  return {
    execution: rate,
    visibility: rate,
    namespaceChange: callRate(serverChangeRate, SERVER_BURST, operatorShare),
  };
}

function namespaceQuota(limits: CallLimits): NamespaceQuota {
  const { operatorShare: share } = limits;
  const rate = limits.clusterNamespaceRate || limits.namespaceRate;
  const visibility = limits.clusterVisibilityRate || limits.visibilityRate;
  const change = limits.clusterChangeRate || limits.changeRate;
  return {
    rates: {
      execution: callRate(rate, limits.namespaceBurst, share),
      visibility: callRate(visibility, limits.visibilityBurst, share),
      namespaceChange: callRate(change, limits.changeBurst, share),
    },
    longRunningMax: limits.clusterLongRunningMax || limits.longRunningMax,
  };
}

function callRate(perSecond: number, burstRatio: number, firstShare: number): CallRate {
  return { perSecond, burst: Math.max(Math.trunc(perSecond * burstRatio), 1), firstShare };
}
