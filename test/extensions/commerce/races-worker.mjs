// One process of several that share a database: it does what it is told, all of it at once.
import Libsql from "libsql";
import mysql from "mysql2/promise";
import pg from "pg";
import { dist, importBuilt } from "../../races/library.mjs";
import { services } from "../../services.mjs";
import { brokenCommerce } from "./broken-commerce.mjs";

const clients = {
  sqlite(target) {
    const client = new Libsql(target);
    return { client, options: {}, close: () => client.close() };
  },
  postgres(target) {
    const client = new pg.Pool({ connectionString: services.postgres, max: 4 });
    return { client, options: { schema: target }, close: () => client.end() };
  },
  mysql(target) {
    const client = mysql.createPool({ uri: services.mysql, database: target, connectionLimit: 4 });
    return { client, options: {}, close: () => client.end() };
  },
};

let data = null;
let close = null;

const jobs = {
  async open({ store, target, isBroken }) {
    const { sqlDatabase } = await importBuilt(dist, "extensions/sql/index.js");
    const { sqlCommerce } = await importBuilt(dist, "extensions/commerce/index.js");
    const opened = clients[store](target);
    const whole = sqlCommerce(sqlDatabase(opened.client, { ...opened.options, timeLimit: "60s" }));
    data = isBroken ? brokenCommerce(whole) : whole;
    close = opened.close;
    await whole.cartOf("nobody");
  },
  /** Calls a method of the data for each list of arguments, all at once, and gives what they answered. */
  call: ({ method, all }) => Promise.all(all.map((args) => data[method](...args))),
  leave: () => close?.(),
};

process.on("message", async ({ number, job, args }) => {
  try {
    process.send({ number, result: (await jobs[job](args)) ?? null });
  } catch (error) {
    process.send({ number, error: `${error?.stack ?? error}; ${error?.cause}` });
  }
});
process.on("disconnect", () => process.exit());
