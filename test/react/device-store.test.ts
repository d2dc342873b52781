import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDeviceStore, type DeviceStore } from "../../src/react/device-store.ts";
import { eventually, newVisitor, openSite, type Site, type Visitor } from "../client/site.ts";
import { nothing, openTabs, type TabUnderTest } from "./tabs.ts";

let site: Site;
let visitor: Visitor;
let phone: Visitor;

beforeEach(async () => {
  site = await openSite();
  [visitor, phone] = [newVisitor(), newVisitor()];
});
afterEach(() => site.stop());

/** A tab that was rendered for the visitor, with its list of devices. */
function open(): TabUnderTest & { devices: DeviceStore } {
  const [tab] = openTabs(site, visitor) as [TabUnderTest];
  tab.store.offer(tab.store.seed(site.view(visitor)), false);
  return { ...tab, devices: createDeviceStore({ ...tab.requests, ...tab.store }) };
}

const listed = ({ get }: DeviceStore, count: number | undefined) =>
  eventually(() => {
    expect(get().devices?.length).toBe(count);
    expect(get().isLoading).toBe(false);
  });

describe("The list of devices", () => {
  it("is asked for once, however many components show it, and again only when told to", async () => {
    site.signIn(phone);
    site.signIn(visitor);
    const { devices } = open();
    for (let watcher = 0; watcher < 50; watcher++) devices.subscribe(nothing);
    expect(devices.get().isLoading).toBe(true);
    await listed(devices, 2);
    devices.subscribe(nothing)();
    expect(site.requests).toEqual(["GET /devices"]);
    await Promise.all([devices.get().refresh(), devices.get().refresh()]);
    expect(site.requests).toHaveLength(2);
  });

  it("is not asked for while nobody is signed in, and is when somebody signs in", async () => {
    const { devices, store } = open();
    devices.subscribe(nothing);
    expect(devices.get()).toMatchObject({ devices: undefined, isLoading: false });
    expect(site.requests).toEqual([]);
    store.offer(store.seed(site.signIn(visitor)), true);
    await listed(devices, 1);
    expect(site.requests).toEqual(["GET /devices"]);
  });

  it("is nobody's after a sign-out, and is not shown to the next user", async () => {
    site.signIn(phone);
    site.signIn(visitor);
    const { devices, store } = open();
    devices.subscribe(nothing);
    await listed(devices, 2);
    await store.get().signOut();
    expect(devices.get().devices).toBeUndefined();
    store.offer(store.seed(site.signIn(visitor, "u2")), true);
    expect(devices.get().devices).toBeUndefined();
    await listed(devices, 1);
  });

  it("that arrives after another user has signed in is not shown", async () => {
    site.signIn(phone);
    site.signIn(visitor);
    const { devices, store } = open();
    const seen: unknown[] = [];
    const release = site.hold();
    devices.subscribe(() => seen.push(devices.get().devices?.length));
    await eventually(() => expect(site.requests).toHaveLength(1));
    site.clock.advance("1s");
    store.offer(store.seed(site.signIn(visitor, "u2")), true);
    release();
    await listed(devices, 1);
    expect(seen).not.toContain(2);
  });

  it("loses a device that was ended, without being asked for anew", async () => {
    const { id } = site.signIn(phone);
    site.signIn(visitor);
    const { devices } = open();
    devices.subscribe(nothing);
    await listed(devices, 2);
    expect(await devices.get().revoke(id)).toBe(true);
    await listed(devices, 1);
    expect(site.view(phone)).toBeNull();
    expect(site.requests.filter((request) => request === "GET /devices")).toHaveLength(1);
  });

  it("keeps only this device when the others were ended", async () => {
    site.signIn(phone);
    site.signIn(visitor);
    const { devices } = open();
    devices.subscribe(nothing);
    await listed(devices, 2);
    expect(await devices.get().revokeOthers()).toBe(1);
    expect(devices.get().devices?.map((device) => device.isCurrent)).toEqual([true]);
  });

  it("shows the visitor as signed out when the device was this one", async () => {
    const { id } = site.signIn(visitor);
    const { devices, store } = open();
    devices.subscribe(nothing);
    await listed(devices, 1);
    await devices.get().revoke(id);
    await eventually(() => expect(store.get().status).toBe("anonymous"));
    expect(devices.get().devices).toBeUndefined();
  });

  it("stays when a request fails, with the error beside", async () => {
    site.signIn(visitor);
    const { devices } = open();
    devices.subscribe(nothing);
    await listed(devices, 1);
    site.fail(503);
    await devices.get().refresh();
    expect(devices.get()).toMatchObject({ devices: [{}], error: { status: 503 }, isLoading: false });
    await expect(devices.get().revoke("id-1")).rejects.toMatchObject({ status: 503 });
    expect(devices.get().devices).toHaveLength(1);
  });

  it("finds out that the session is over when the server refuses it", async () => {
    site.signIn(visitor);
    const { devices, store } = open();
    site.end(visitor);
    devices.subscribe(nothing);
    await eventually(() => expect(store.get().status).toBe("anonymous"));
  });
});
