import { describe, expect, it } from "vitest";
import { createSessions, type DeviceOptions, memoryStore, SessionConfigError } from "../../src/index.ts";

function create(devices: unknown): SessionConfigError | null {
  try {
    createSessions({ store: memoryStore(), origins: ["https://shop.example"], devices: devices as DeviceOptions });
    return null;
  } catch (error) {
    return error as SessionConfigError;
  }
}

describe("the devices option", () => {
  it.each([
    [undefined],
    [{}],
    [{ name: false, address: "full" }],
    [{ address: "coarse", trustedProxies: ["10.0.0.0/8", "::1", "127.0.0.1"] }],
    [{ trustedProxies: 0 }],
    [{ trustedProxies: 16, clientAddress: () => null }],
  ])("%j is right", (devices) => {
    expect(create(devices)).toBeNull();
  });

  it.each([
    [{ name: "yes" }, "devices.name"],
    [{ address: true }, "devices.address"],
    [{ address: "toString" }, "devices.address"],
    [{ adress: "full" }, '"adress"'],
    [{ trustedProxies: "10.0.0.0/8" }, "neither a list nor a number"],
    [{ trustedProxies: ["proxy.internal"] }, "no address or block"],
    [{ trustedProxies: [7] }, "no address or block"],
    [{ trustedProxies: ["0.0.0.0/0"] }, "trusts every address"],
    [{ trustedProxies: ["::/0"] }, "trusts every address"],
    [{ trustedProxies: ["::ffff:0:0/96"] }, "trusts every address"],
    [{ trustedProxies: -1 }, "whole number"],
    [{ trustedProxies: 1.5 }, "whole number"],
    [{ trustedProxies: 17 }, "whole number"],
    [{ clientAddress: "203.0.113.7" }, "devices.clientAddress"],
    ["coarse", "devices is no object"],
    [null, "devices is no object"],
  ])("%j is refused", (devices, problem) => {
    const error = create(devices);
    expect(error).toBeInstanceOf(SessionConfigError);
    expect(error).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining(problem) });
  });

  it("tells every problem at once", () => {
    const error = create({ address: "all", trustedProxies: ["?", "0.0.0.0/0"] });
    expect(error?.message).toContain("3 problems");
  });
});
