export {
  type ConformanceCase,
  type ConformanceContext,
  type ConformanceOptions,
  type StoreCapability,
  storeConformance,
} from "../store/conformance.ts";
export type { StoreCall } from "./around-store.ts";
export { type CountingStore, countingStore } from "./counting-store.ts";
export { type FailingStore, type FaultOptions, failingStore, type StoreFault } from "./failing-store.ts";
export { type FakeRuntime, type FakeRuntimeOptions, fakeRuntime } from "./fake-runtime.ts";
export { type HoldOptions, type PausingStore, pausingStore } from "./pausing-store.ts";
